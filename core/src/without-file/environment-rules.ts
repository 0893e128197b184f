/**
 * What a plugin's environment file says (`"environment"` in the `mlflow-auth-plugin` of its package.json): from which variables of
 * other systems options are taken over where there is no file, or by `init --from-env` for one, and how. The variables that an option
 * falls back to by itself are not among them: those stand in the schema, as `x-env`.
 *
 * The file is a list of rules. All variables of a rule must be set; of the rules for one option the first that applies counts.
 */
import { checkOptions } from "../config/check-options.js";
import type { Data } from "../config/read.js";
import { isNamedLikeSecret } from "../config/secret-variables.js";
import type { InstalledPlugin } from "../discovery/check-manifest.js";
import { withFault } from "../discovery/package-faults.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";

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

/** Gives an option. */
export type OptionRule = ValueRule | TextRule | SecondsRule;

/** Makes an address of a variable in which a system names its server in another way, as by its number in a registry. */
interface ServerRule {
  /** `https://$1.example.com`: `$1` is what the first group matched. */
  readonly server: string;
  readonly variable: string;
  readonly matches: string;
}

/** One rule of the file. */
export type Rule = OptionRule | ServerRule;

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

/** @throws MlflowAuthError `PLUGIN_MANIFEST` for a file of another form, or a rule that copies what is named like a credential */
export async function rulesOf(installed: Pick<InstalledPlugin, "package" | "environment">): Promise<readonly Rule[]> {
  const rules = installed.environment();
  if (rules === undefined) return [];
  const [error] = await checkOptions(environmentSchema, rules as Data);
  if (error !== undefined) {
    const [, index] = /^\/(\d+)/.exec(error.instancePath) ?? [];
    throw faultyRules(
      installed,
      index === undefined ? "is not a list of rules" : `has a rule of another form, number ${Number(index) + 1}`,
    );
  }
  const copied = (rules as Rule[]).map((rule) => ("as" in rule ? (rule.variables[0] as string) : ""));
  const credential = copied.find(isNamedLikeSecret);
  // Whatever the option is: a credential stands in the file by its variable's name alone.
  if (credential !== undefined) {
    throw faultyRules(installed, `copies the text of ${credential}, which is named like a credential`);
  }
  return rules as Rule[];
}

/** The error `PLUGIN_MANIFEST` of a package with such a file. @param what the middle of a sentence */
export function faultyRules(
  { package: { name, folder } }: Pick<InstalledPlugin, "package">,
  what: string,
): MlflowAuthError {
  const message = `the environment file of the package ${name} (${folder}) ${what}`;
  const remedy = "install another version of it, or tell its author";
  const error = new MlflowAuthError("PLUGIN_MANIFEST", message, { remedy });
  return withFault(error, { part: "environment", what: `has an environment file that ${what}` });
}
