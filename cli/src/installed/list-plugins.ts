/** What is installed, for a person to read: nothing is imported. */
import type { ErrorCode } from "../errors/codes.js";
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import { type Group, groups } from "../provider/provider.js";
import { notTrusted } from "./check-manifest.js";
import { findPlugin } from "./find-plugin.js";
import type { Installed } from "./installed.js";
import { type Manifest, namesOf } from "./manifests.js";

export interface Fault {
  readonly code: ErrorCode;
  /** What is wrong and what to do. */
  readonly message: string;
}

export interface ListedPlugin {
  /** Its entry-point name. */
  readonly name: string;
  readonly interfaces: readonly Group[];
  /** Why no instance could use it as it is. */
  readonly fault?: Fault | undefined;
}

export interface ListedPackage {
  readonly name: string;
  /** Empty where its package.json has none. */
  readonly version: string;
  readonly folder: string;
  readonly plugins: readonly ListedPlugin[];
}

/** Every installed plugin package, in the order of the roots, those that are not used included. */
export function listPlugins(installed: Installed): ListedPackage[] {
  const { usable, refused } = installed.manifests;
  return [
    ...usable.map((manifest) =>
      listed(manifest, (name) => faultOf(() => findPlugin({ plugin: name, package: manifest.name }, installed))),
    ),
    ...refused.map((manifest) =>
      listed(manifest, () =>
        faultOf(() => {
          throw notTrusted(manifest, manifest.reason);
        }),
      ),
    ),
  ];
}

function interfacesOf(manifest: Manifest, plugin: string): Group[] {
  return groups.filter((group) => Object.hasOwn(manifest.entryPoints[group] ?? {}, plugin));
}

/** What is wrong, as the code and the sentence that `validate` would print. */
export function faultOf(act: () => unknown): Fault | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    return { code: error.code, message: error.message };
  }
}

function listed(manifest: Manifest, judge: (plugin: string) => Fault | undefined): ListedPackage {
  const { name, version, folder } = manifest;
  const plugins = namesOf(manifest).map((plugin) => ({
    name: plugin,
    interfaces: interfacesOf(manifest, plugin),
    fault: judge(plugin),
  }));
  return { name, version, folder, plugins };
}
