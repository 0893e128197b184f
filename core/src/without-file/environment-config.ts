/** What the environment amounts to where there is no file: the same data that the file would hold. */
import type { Environment } from "../config/interpolate.js";
import { stepsOf } from "../config/problems.js";
import type { DataObject } from "../config/read.js";
import { findPlugin, type Installed, readInstalled } from "../discovery/find-plugin.js";
import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { plain } from "./apply-rules.js";
import { chosenPlugins } from "./chosen-plugins.js";
import { type DraftInstance, emptyInstance, toData } from "./draft.js";
import { readSwitches, type Switched, type SwitchedPlugin } from "./switches.js";
import { takeOver, variablesOf } from "./take-over.js";
import { addressVariable, insecureVariable, trackingServer, withAddress } from "./tracking-server.js";

/** The environment as a file. */
export interface EnvironmentConfig {
  /** As a file would hold it, credentials by the names of their variables. */
  readonly data: DataObject;
  /** The variables that it is made of. */
  readonly variables: readonly string[];
  /** Those that a place of the data comes from, or that could give what is missing there, by its JSON pointer. */
  variablesOf(pointer: string): readonly string[];
  /** What deserves a look: sentences that name variables. */
  readonly warnings: readonly string[];
}

/** Where to look. */
export interface EnvironmentConfigOptions {
  readonly env: Environment;
  /** Where plugins are looked for. */
  readonly cwd: string;
}

/**
 * @returns undefined where nothing in the environment switches anything on
 * @throws MlflowAuthError `ENVIRONMENT_INVALID`, `AUTH_AMBIGUOUS`, `SERVER_URI`, `SERVER_CLEARTEXT`; `PLUGIN_NOT_INSTALLED` that names all
 *   that is not installed, and the other codes of `findPlugin`
 */
export async function environmentConfig(options: EnvironmentConfigOptions): Promise<EnvironmentConfig | undefined> {
  const { env, cwd } = options;
  const switched = readSwitches(env);
  if (switched.variables.length === 0) return undefined;
  const chosen = chosenPlugins(switched);
  const instances = instancesOf(chosen, readInstalled({ folder: cwd, env }));
  const { trackingUri, allowInsecure } = trackingServer(await withAddress(env, instances), switched.variables);
  const names = new Set([...switched.variables, addressVariable]);
  if (allowInsecure) names.add(insecureVariable);
  for (const instance of instances) for (const name of await takeOver(instance, env)) names.add(name);
  const byName = new Map(instances.map((instance) => [instance.name, instance]));
  return {
    data: toData({ trackingUri: plain(trackingUri), allowInsecure, instances }),
    variables: [...names],
    variablesOf(pointer) {
      const [first, name, ...path] = stepsOf(pointer);
      if (first === "trackingUri") return [addressVariable];
      const instance = first === "plugins" && name !== undefined ? byName.get(name) : undefined;
      if (instance === undefined) return [];
      const found = variablesOf(instance, path);
      return found.length > 0 || path.length > 0 ? found : switchesOf(chosen, instance);
    },
    warnings: warningsOf(switched),
  };
}

/** @throws MlflowAuthError of `findPlugin`; those that are not installed are named together, with one command that installs them */
export function instancesOf(chosen: readonly SwitchedPlugin[], installed: Installed): DraftInstance[] {
  const instances: DraftInstance[] = [];
  const missing: { readonly one: SwitchedPlugin; readonly error: MlflowAuthError }[] = [];
  for (const one of chosen) {
    try {
      instances.push(emptyInstance(one.plugin, findPlugin({ plugin: one.plugin }, installed)));
    } catch (error) {
      if (!isMlflowAuthError(error)) throw error;
      if (error.code !== "PLUGIN_NOT_INSTALLED") throw named(one, error);
      missing.push({ one, error });
    }
  }
  const [first] = missing;
  if (first === undefined) return instances;
  const packages = [...new Set(missing.map(({ one }) => one.package))];
  // Of somebody else's plugin nobody knows the package; and one that lies there undeclared has a reason of its own.
  if (packages.includes(undefined)) throw named(first.one, first.error);
  const plugins = missing.map(({ one }) => `${one.plugin} (by ${one.variables.join(" and ")})`).join(", ");
  const message = `the environment switches on what is not installed: ${plugins}`;
  throw new MlflowAuthError("PLUGIN_NOT_INSTALLED", message, { remedy: installed.install(packages.join(" ")) });
}

function named({ plugin, variables }: SwitchedPlugin, error: MlflowAuthError): MlflowAuthError {
  const switches = variables.join(" and ");
  const { code, message, remedy = `correct ${switches}` } = error;
  return new MlflowAuthError(code, `${plugin}, which ${switches} switches on: ${message}`, { remedy });
}

/** What is not followed although it is there. */
export function warningsOf({ unknown }: Switched): string[] {
  if (unknown === undefined) return [];
  const { variable, known, meant } = unknown;
  const hint = meant === undefined ? `it takes ${known.join(", ")}` : `did you mean ${meant}?`;
  return [`${variable} lists something that it does not know, and that switches nothing on: ${hint}`];
}

function switchesOf(chosen: readonly SwitchedPlugin[], { name }: DraftInstance): readonly string[] {
  return chosen.find(({ plugin }) => plugin === name)?.variables ?? [];
}
