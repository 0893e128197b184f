/** `--from-env`: what the environment amounts to without a file; where it switches nothing on, what it says all of. */
import { interpolate, MlflowAuthError } from "@mlflow-auth/core/internal/config";
import {
  allowedHostsVariable,
  allowsHost,
  authenticating,
  chosenPlugins,
  type DraftInstance,
  instancesOf,
  openFields,
  readSwitches,
  type Switched,
  type SwitchedPlugin,
  takeOver,
  warningsOf,
} from "@mlflow-auth/core/internal/environment";
import type { Surroundings } from "./surroundings.js";

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment amounts to. */
export interface Taken {
  readonly instances: readonly DraftInstance[];
  /** What the user should know about it. */
  readonly notes: readonly string[];
}

/**
 * @param wanted plugins that are named on the command line: used whatever the environment says
 * @throws MlflowAuthError `PLUGIN_NOT_INSTALLED` that names all that the environment switches on and that is not there;
 *   `AUTH_AMBIGUOUS`, `ENVIRONMENT_INVALID` where it can't be followed; `PLUGIN_MANIFEST` for a plugin whose environment file can't be used
 */
export async function fromEnvironment(
  env: Environment,
  around: Surroundings,
  wanted: readonly string[],
): Promise<Taken> {
  const instances: DraftInstance[] = [];
  const switched = readSwitches(env);
  const notes = warningsOf(switched);
  const isSwitched = switched.variables.length > 0;
  const chosen = isSwitched ? chosenBeside(wanted, switched) : [];
  const made = [
    ...wanted.map((name) => around.instance(name)),
    ...instancesOf(
      chosen.filter(({ plugin }) => !wanted.includes(plugin)),
      around.installed,
    ),
  ];
  const used = new Set(made.map(({ name }) => name));
  const others = around.choices.filter(({ name, fault }) => fault === undefined && !used.has(name));
  for (const instance of [...made, ...others.map(({ name }) => around.instance(name))]) {
    const taken = await takeOver(instance, env);
    const isUsed = used.has(instance.name) || (!isSwitched && isImplied(instance, taken, switched.off));
    if (isUsed) instances.push(instance);
    if (taken.length === 0) continue;
    const variables = taken.join(", ");
    const { name } = instance;
    notes.push(
      isUsed ? `${name}: from ${variables}` : `${name} is left out, though there is ${variables}: --plugin ${name}`,
    );
  }
  return { instances, notes };
}

/** Who names plugins on the command line has chosen among the systems that would authenticate. */
function chosenBeside(wanted: readonly string[], switched: Switched): readonly SwitchedPlugin[] {
  if (wanted.length === 0) return chosenPlugins(switched);
  const several = authenticating(switched.on).size > 1;
  return switched.on.filter(({ onlyAdds }) => onlyAdds || !several);
}

/** Nobody switched it on or off, and the environment says all that it needs. */
function isImplied(instance: DraftInstance, taken: readonly string[], off: readonly string[]): boolean {
  return taken.length > 0 && !off.includes(instance.name) && openFields(instance).every(({ optional }) => optional);
}

/**
 * What was allowed to get a credential is not widened: the server must be among the hosts that the old setting allowed.
 *
 * @throws MlflowAuthError `USAGE`
 */
export function checkAllowedHosts(env: Environment, trackingUri: string): void {
  const host = URL.parse(interpolate(trackingUri, env).data as string)?.hostname ?? "an address that is not known yet";
  if (allowsHost(env, host)) return;
  throw new MlflowAuthError("USAGE", `${allowedHostsVariable} does not allow ${host}, so it gets no credential now`, {
    remedy: "name a server that it allows with --tracking-uri, or unset it if this one is right",
  });
}
