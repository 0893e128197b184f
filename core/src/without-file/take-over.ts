/** What the environment says for one plugin: by the vendor's own variables, and by those of the systems that came before. */
import type { Environment } from "../config/interpolate.js";
import { applyRules } from "./apply-rules.js";
import { type DraftInstance, fromVariable, openFields, setAt } from "./draft.js";

/**
 * Puts into the instance's options what the environment says, each credential as the name of its variable.
 *
 * @returns the names of the variables that were taken over
 * @throws MlflowAuthError `PLUGIN_MANIFEST` for a plugin whose environment file can't be used
 */
export async function takeOver(instance: DraftInstance, env: Environment): Promise<string[]> {
  return [...new Set([...takeVariables(instance, env), ...(await applyRules(instance, env))])];
}

function takeVariables({ form, options, declined, taken }: DraftInstance, env: Environment): string[] {
  const names: string[] = [];
  for (const field of form.withVariables()) {
    const variable = field.variables.find((name) => env[name]);
    if (variable === undefined) continue;
    names.push(variable);
    const place = field.path.join(".");
    taken.set(place, [variable]);
    const value = fromVariable(field, variable);
    // A switch such as `1` or `yes` is read in the environment alone.
    if (value === undefined || field.kind === "boolean") declined.add(place);
    else setAt(options, field.path, value);
  }
  return names;
}

/** The variables that an option comes from, or else those that could give it: for what is said about it. */
export function variablesOf(instance: DraftInstance, path: readonly string[]): readonly string[] {
  const { taken, offered } = instance;
  for (let length = path.length; length > 0; length--) {
    const found = taken.get(path.slice(0, length).join("."));
    if (found !== undefined) return found;
  }
  const missing = openFields(instance).filter((field) => path.every((key, index) => field.path[index] === key));
  return missing.flatMap((field) => [...field.variables, ...(offered.get(field.path.join(".")) ?? [])]);
}
