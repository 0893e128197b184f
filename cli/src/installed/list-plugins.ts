/** What is installed, for a person to read: nothing is imported. */
import {
  coreMismatch,
  type ErrorCode,
  findPlugin,
  type Group,
  groups,
  type Installed,
  isMlflowAuthError,
  type Manifest,
  misnamed,
  namesOf,
  noSchema,
  notTrusted,
  schemaFault,
} from "@mlflow-auth/core/internal/config";

/** What the interfaces are called in the file: the key that lists the instances which have it. */
const keys: Readonly<Record<Group, string>> = {
  "mlflow.request_auth_provider": "auth",
  "mlflow.request_header_provider": "headers",
  "mlflow.run_context_provider": "tags",
};

/** The interfaces as the file names them: `auth`, `headers`, `tags`. */
export function interfaceNames(groups: readonly Group[]): string[] {
  return groups.map((group) => keys[group]);
}

/** Why a plugin can't be used. */
export interface Fault {
  readonly code: ErrorCode;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** A plugin of an installed package. */
export interface ListedPlugin {
  /** Its entry-point name. */
  readonly name: string;
  readonly interfaces: readonly Group[];
  /** Why no instance could use it as it is. */
  readonly fault?: Fault | undefined;
}

/** An installed package that says of itself that it has plugins. */
export interface ListedPackage {
  readonly name: string;
  /** Empty where its package.json has none. */
  readonly version: string;
  readonly folder: string;
  readonly plugins: readonly ListedPlugin[];
  /** The names of its commands. */
  readonly commands: readonly string[];
  /** A slip in the name of a group of its entry points, where it has one. */
  readonly slipped?: Fault | undefined;
  /** The versions of core that it says it is made for. */
  readonly coreRange: string | undefined;
  /** How it is put right, for one of ours that came with pip. */
  readonly repair?: Manifest["repair"];
  /** That another one runs. It is used nevertheless. */
  readonly warning?: Fault | undefined;
  /** Why it is not used, where it is somebody else's. */
  readonly refused?: Fault | undefined;
}

/** Every installed plugin package, in the order of the roots, those that are not used included. */
export function listPlugins(installed: Installed): ListedPackage[] {
  const { usable, refused } = installed.manifests;
  return [
    ...usable.map((manifest) =>
      listed(manifest, (name) => faultOf(() => findPlugin({ plugin: name, package: manifest.name }, installed))),
    ),
    ...refused.map((manifest) => {
      const fault = faultOf(() => {
        throw notTrusted(manifest, manifest.reason);
      });
      return { ...listed(manifest, () => fault), refused: fault };
    }),
  ];
}

function interfacesOf(manifest: Manifest, plugin: string): Group[] {
  return groups.filter((group) => Object.hasOwn(manifest.entryPoints[group] ?? {}, plugin));
}

/** The same, with what is wrong with the schemas, for which ajv is loaded, and with a warning where a package is made for another core. */
export async function judgePlugins(installed: Installed): Promise<ListedPackage[]> {
  const judged: ListedPackage[] = [];
  for (const listed of listPlugins(installed)) {
    const plugins: ListedPlugin[] = [];
    for (const plugin of listed.plugins) {
      plugins.push({ ...plugin, fault: plugin.fault ?? (await schemaFaultOf(plugin.name, listed.name, installed)) });
    }
    const message = await coreMismatch(listed, installed.install);
    judged.push({ ...listed, plugins, ...(message && { warning: { code: "PLUGIN_VERSION", message } }) });
  }
  return judged;
}

async function schemaFaultOf(plugin: string, owner: string, installed: Installed): Promise<Fault | undefined> {
  const found = findPlugin({ plugin, package: owner }, installed);
  const reason = await schemaFault(found.schema);
  return reason === undefined
    ? undefined
    : faultOf(() => {
        throw noSchema(found.package, reason);
      });
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
  const { name, version, folder, coreRange, repair } = manifest;
  const [slip] = manifest.misnamed;
  const slipped =
    slip &&
    faultOf(() => {
      throw misnamed(manifest, slip);
    });
  const plugins = namesOf(manifest).map((plugin) => ({
    name: plugin,
    interfaces: interfacesOf(manifest, plugin),
    fault: judge(plugin),
  }));
  return { name, version, folder, plugins, commands: Object.keys(manifest.commands), coreRange, repair, slipped };
}
