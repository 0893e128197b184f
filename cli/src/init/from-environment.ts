/** `--from-env`: what the environment's settings amount to, for the plugins that are installed. */
import { interpolate, MlflowAuthError } from "@mlflow-auth/core/internal/config";
import { type DraftInstance, fromVariable, openFields, setAt } from "./draft.js";
import { applySecretsAuth, secretsAuthPlugins } from "./secrets-auth.js";
import type { Surroundings } from "./surroundings.js";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Taken {
  readonly instances: readonly DraftInstance[];
  /** What the user should know about it. */
  readonly notes: readonly string[];
}

/**
 * @param wanted plugins that are named on the command line: used whatever the environment says
 * @throws MlflowAuthError `PLUGIN_NOT_INSTALLED` if the environment switches on what is not there
 */
export function fromEnvironment(env: Environment, around: Surroundings, wanted: readonly string[]): Taken {
  const instances: DraftInstance[] = [];
  const notes: string[] = [];
  const theirs = secretsAuthPlugins(env);
  const installed = around.choices.filter(({ fault }) => fault === undefined).map(({ name }) => name);
  for (const name of new Set([...wanted, ...theirs.on, ...installed])) {
    const instance = around.instance(name);
    const taken = takeOver(instance, env);
    if (name === "vault") taken.push(...applySecretsAuth(instance.options, env));
    if (name === "datadog" && env["DD_MODEL_LAB_ENABLED"]) {
      instance.options["requireModelLab"] = true;
      taken.push("DD_MODEL_LAB_ENABLED");
    }
    const isUsed = wanted.includes(name) || theirs.on.includes(name) || isImplied(instance, taken, theirs.off);
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
function takeOver({ form, options, leftOut }: DraftInstance, env: Environment): string[] {
  const taken: string[] = [];
  for (const field of form.withVariables()) {
    const variable = field.variables.find((name) => env[name]);
    if (variable === undefined) continue;
    taken.push(variable);
    const value = fromVariable(field, variable);
    // A switch such as `1` or `yes` is read in the environment alone.
    if (value === undefined || field.kind === "boolean") leftOut.add(field.path.join("."));
    else setAt(options, field.path, value);
  }
  return taken;
}

/**
 * What was allowed to get a credential is not widened: the server must be among the hosts that the old setting allowed.
 *
 * @throws MlflowAuthError `USAGE`
 */
export function checkAllowedHosts(env: Environment, trackingUri: string): void {
  const list = env["MLFLOW_SECRETS_ALLOWED_HOSTS"];
  if (!list) return;
  const host = URL.parse(interpolate(trackingUri, env).data as string)?.hostname ?? "an address that is not known yet";
  const patterns = list.split(",").map((pattern) => pattern.trim().toLowerCase());
  if (patterns.some((pattern) => pattern !== "" && globOf(pattern).test(host))) return;
  throw new MlflowAuthError(
    "USAGE",
    `MLFLOW_SECRETS_ALLOWED_HOSTS does not allow ${host}, so it gets no credential now`,
    {
      remedy: "name a server that it allows with --tracking-uri, or unset it if this one is right",
    },
  );
}

/** Shell globs; of a class in brackets, which the old setting took as well, nothing is allowed. */
function globOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", "[^*]");
  return new RegExp(`^${source}$`);
}
