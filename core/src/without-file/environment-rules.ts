/**
 * What a plugin's environment file says (`"environment"` in the `mlflow-auth-plugin` of its package.json): from which variables of
 * other systems options are taken over where there is no file, or by `init --from-env` for one, and how. The variables that an option
 * falls back to by itself are not among them: those stand in the schema, as `x-env`.
 *
 * The file is a list of rules. All variables of a rule must be set; of the rules for one option the first that applies counts.
 */
import { checkOptions } from "../config/check-options.js";
import type { Environment } from "../config/interpolate.js";
import { pointerTo } from "../config/problems.js";
import type { Data } from "../config/read.js";
import { isKnown } from "../config/schema-walk.js";
import { isNamedLikeSecret } from "../config/secret-variables.js";
import type { InstalledPlugin } from "../discovery/check-manifest.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { DeadlineError, withinDeadline } from "../time/within-deadline.js";
import { type DraftInstance, setAt } from "./draft.js";
import { isYes } from "./switches.js";

interface RuleCommon {
  /** The option's place, its keys joined by dots: `secret.mount`. */
  readonly option: string;
  /** Those that must be set. The first one's text is what `as` converts. */
  readonly variables: readonly string[];
}

/** Takes a value as it stands here: `${NAME}` and `{ "env": NAME }` mean what they mean in the configuration file. */
interface ValueRule extends RuleCommon {
  readonly value: Data;
  /** Only where the first variable is `1`, `true`, `yes` or `on`. */
  readonly switch?: true;
}

/** Takes the variable's text, converted. No variable that is named like a credential: its text would stand in the file. */
interface TextRule extends RuleCommon {
  readonly as: Exclude<Conversion, "seconds">;
  /** A regular expression: another text counts as none. Default: any. */
  readonly matches?: string;
}

/** Takes a number of seconds as a duration. */
interface SecondsRule extends RuleCommon {
  readonly as: "seconds";
  /** Seconds. What is below or above is taken as the bound itself. */
  readonly minimum: number;
  readonly maximum: number;
  /** Seconds, for a text that is not a whole number. */
  readonly otherwise: number;
}

type OptionRule = ValueRule | TextRule | SecondsRule;

/** Makes an address of a variable in which a system names its server in another way, as by its number in a registry. */
interface ServerRule {
  /** `https://$1.example.com`: `$1` is what the first group matched. */
  readonly server: string;
  readonly variable: string;
  readonly matches: string;
}

type Rule = OptionRule | ServerRule;

/**
 * - `text`: as it is.
 * - `lower-case`: in small letters.
 * - `seconds`: a number of seconds, as a duration.
 * - `first-segment`: of a path, the text before its first slash; nothing if it has no slash.
 * - `other-segments`: of a path, the text behind its first slash; all of it if it has no slash.
 */
type Conversion = "text" | "lower-case" | "seconds" | "first-segment" | "other-segments";

const common = {
  option: { type: "string", pattern: "^[A-Za-z_][\\w-]*(\\.[A-Za-z_][\\w-]*)*$" },
  variables: { type: "array", minItems: 1, items: { type: "string", pattern: "^[A-Za-z_]\\w*$" } },
};
const form = (required: readonly string[], properties: object) => ({
  type: "object",
  additionalProperties: false,
  required: ["option", "variables", ...required],
  properties: { ...common, ...properties },
});
const pattern = { type: "string", minLength: 1 };
const bound = { type: "integer", minimum: 0, maximum: 999_999_999 };

/** The schema of an environment file. */
const environmentSchema = {
  type: "array",
  items: {
    anyOf: [
      form(["value"], { value: {}, switch: { const: true } }),
      form(["as"], { as: { enum: ["text", "lower-case", "first-segment", "other-segments"] }, matches: pattern }),
      form(["as", "minimum", "maximum", "otherwise"], {
        as: { const: "seconds" },
        minimum: bound,
        maximum: bound,
        otherwise: bound,
      }),
      {
        type: "object",
        additionalProperties: false,
        required: ["server", "variable", "matches"],
        properties: { server: { type: "string" }, variable: common.variables.items, matches: pattern },
      },
    ],
  },
};

/**
 * Puts what the plugin's environment file takes from these variables into the instance's options.
 *
 * @returns the names of the variables that were taken over
 * @throws MlflowAuthError `PLUGIN_MANIFEST` for a file of another form, or one that sets an option which the plugin does not have
 */
export async function applyRules(instance: DraftInstance, env: Environment): Promise<string[]> {
  const { installed, form, options, taken, offered } = instance;
  const names = new Set<string>();
  const set = new Set<string>();
  for (const rule of await rulesOf(installed)) {
    if ("server" in rule) continue;
    offered.set(rule.option, [...new Set([...(offered.get(rule.option) ?? []), ...rule.variables])]);
    const texts = rule.variables.map((name) => env[name]?.trim() ?? "");
    const [first = ""] = texts;
    if (set.has(rule.option) || texts.includes("") || isOff(rule, first) || !fits(rule, first, installed)) continue;
    for (const name of rule.variables) names.add(name);
    const value = convert(rule, first);
    if (value === undefined) continue;
    const path = rule.option.split(".");
    set.add(rule.option);
    taken.set(rule.option, rule.variables);
    setAt(options, path, value);
    if (!isKnown(form.places(options), pointerTo("", ...path))) {
      throw faulty(installed, `sets \`${rule.option}\`, which is not one of its options`);
    }
  }
  return [...names];
}

/**
 * The address of the server that a variable names, where the plugin's environment file knows its form.
 *
 * @throws MlflowAuthError `PLUGIN_MANIFEST` for a file of another form
 */
export async function serverNamedBy(
  { installed }: Pick<DraftInstance, "installed">,
  variable: string,
  text: string,
): Promise<string | undefined> {
  for (const rule of await rulesOf(installed)) {
    if (!("server" in rule) || rule.variable !== variable) continue;
    const pattern = regExpOf(rule.matches, installed);
    if (test(pattern, text, installed)) return text.replace(pattern, rule.server);
  }
  return undefined;
}

async function rulesOf(installed: InstalledPlugin): Promise<readonly Rule[]> {
  const rules = installed.environment();
  if (rules === undefined) return [];
  const [error] = await checkOptions(environmentSchema, rules as Data);
  if (error !== undefined) {
    const [, index] = /^\/(\d+)/.exec(error.instancePath) ?? [];
    throw faulty(
      installed,
      index === undefined ? "is not a list of rules" : `has a rule of another form, number ${Number(index) + 1}`,
    );
  }
  const copied = (rules as Rule[]).map((rule) => ("as" in rule ? (rule.variables[0] as string) : ""));
  const credential = copied.find(isNamedLikeSecret);
  // Whatever the option is: a credential stands in the file by its variable's name alone.
  if (credential !== undefined) {
    throw faulty(installed, `copies the text of ${credential}, which is named like a credential`);
  }
  return rules as Rule[];
}

function isOff(rule: OptionRule, text: string): boolean {
  return "switch" in rule && !isYes(text);
}

function fits(rule: OptionRule, text: string, installed: InstalledPlugin): boolean {
  return !("matches" in rule) || rule.matches === undefined || test(regExpOf(rule.matches, installed), text, installed);
}

/** Milliseconds that a pattern may take over the text of a variable: a thousand times what any needs. */
const LONGEST_TEST = 500;

function test(pattern: RegExp, text: string, installed: InstalledPlugin): boolean {
  try {
    return withinDeadline(LONGEST_TEST, () => pattern.test(text));
  } catch (thrown) {
    if (!(thrown instanceof DeadlineError)) throw thrown;
    throw faulty(installed, "has a rule that takes too long to match");
  }
}

function regExpOf(source: string, installed: InstalledPlugin): RegExp {
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    throw faulty(installed, "has a rule that matches by something else than a regular expression");
  }
}

function convert(rule: OptionRule, text: string): Data | undefined {
  if ("value" in rule) return structuredClone(rule.value);
  const [first = "", ...others] = text.replace(/^\/+/, "").split("/");
  switch (rule.as) {
    case "text":
      return plain(text);
    case "lower-case":
      return plain(text.toLowerCase());
    case "first-segment":
      return others.length === 0 ? undefined : plain(first);
    case "other-segments":
      return plain(others.length === 0 ? first : others.join("/"));
    case "seconds": {
      const seconds = /^\d{1,9}$/.test(text) ? Number(text) : rule.otherwise;
      return `${Math.min(Math.max(seconds, rule.minimum), rule.maximum)}s`;
    }
  }
}

/** A text that stands for itself in the configuration file. */
export function plain(text: string): string {
  // A function, because `$$` in a replacement text is one dollar.
  return text.replaceAll("${", () => "$${");
}

function faulty({ package: { name, folder } }: InstalledPlugin, what: string): MlflowAuthError {
  const message = `the environment file of the package ${name} (${folder}) ${what}`;
  return new MlflowAuthError("PLUGIN_MANIFEST", message, {
    remedy: "install another version of it, or tell its author",
  });
}
