/** Takes over what the rules of a plugin's environment file find in the environment. */
import type { Environment } from "../config/interpolate.js";
import { pointerTo } from "../config/problems.js";
import type { Data } from "../config/read.js";
import { isKnown } from "../config/schema-walk.js";
import type { InstalledPlugin } from "../discovery/check-manifest.js";
import { DeadlineError, withinDeadline } from "../time/within-deadline.js";
import { type DraftInstance, setAt } from "./draft.js";
import { faultyRules, type OptionRule, rulesOf } from "./environment-rules.js";
import { isYes } from "./switches.js";

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
      throw faultyRules(installed, `sets \`${rule.option}\`, which is not one of its options`);
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
    throw faultyRules(installed, "has a rule that takes too long to match");
  }
}

function regExpOf(source: string, installed: InstalledPlugin): RegExp {
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    throw faultyRules(installed, "has a rule that matches by something else than a regular expression");
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
