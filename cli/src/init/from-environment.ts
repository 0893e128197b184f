/** `--from-env`: what the environment's settings amount to, for the plugins that are installed. */
import { type DraftInstance, fromVariable, openFields, setAt } from "./draft.js";
import { applyRules, type Environment } from "./environment-rules.js";
import { switchedPlugins } from "./secrets-auth.js";
import type { Surroundings } from "./surroundings.js";

/** What the environment amounts to. */
export interface Taken {
  readonly instances: readonly DraftInstance[];
  /** What the user should know about it. */
  readonly notes: readonly string[];
}

/**
 * @param wanted plugins that are named on the command line: used whatever the environment says
 * @throws MlflowAuthError `PLUGIN_NOT_INSTALLED` if the environment switches on what is not there; `PLUGIN_MANIFEST` for a plugin
 *   whose environment file can't be used
 */
export function fromEnvironment(env: Environment, around: Surroundings, wanted: readonly string[]): Taken {
  const instances: DraftInstance[] = [];
  const notes: string[] = [];
  const switched = switchedPlugins(env);
  const installed = around.choices.filter(({ fault }) => fault === undefined).map(({ name }) => name);
  for (const name of new Set([...wanted, ...switched.on, ...installed])) {
    const instance = around.instance(name);
    const taken = [...takeOver(instance, env), ...applyRules(instance, env, around.check)];
    const isUsed = wanted.includes(name) || switched.on.includes(name) || isImplied(instance, taken, switched.off);
    if (isUsed) instances.push(instance);
    if (taken.length === 0) continue;
    const variables = taken.join(", ");
    notes.push(
      isUsed ? `${name}: from ${variables}` : `${name} is left out, though there is ${variables}: --plugin ${name}`,
    );
  }
  return { instances, notes };
}

/** Nobody switched it on or off, and the environment says all that it needs. */
function isImplied(instance: DraftInstance, taken: readonly string[], off: readonly string[]): boolean {
  return taken.length > 0 && !off.includes(instance.name) && openFields(instance).every(({ optional }) => optional);
}

/** Takes over the vendor's own variables. @returns their names */
function takeOver({ form, options, declined }: DraftInstance, env: Environment): string[] {
  const taken: string[] = [];
  for (const field of form.withVariables()) {
    const variable = field.variables.find((name) => env[name]);
    if (variable === undefined) continue;
    taken.push(variable);
    const value = fromVariable(field, variable);
    // A switch such as `1` or `yes` is read in the environment alone.
    if (value === undefined || field.kind === "boolean") declined.add(field.path.join("."));
    else setAt(options, field.path, value);
  }
  return taken;
}
