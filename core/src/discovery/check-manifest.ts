/** Checks what a plugin package declares, once the file enables it and before anything of it is imported. */
import type { EntryPoint, ImportJudge, PluginPackage } from "../config/config.js";
import type { Schema } from "../config/schema-walk.js";
import { commandGroup, type Group, groups } from "../provider/provider.js";
import { checkSchema } from "./check-schema.js";
import { checkVersion, fileOf, insideOf, readJson } from "./declared-files.js";
import type { Manifest } from "./manifests.js";
import { faulty, notTrusted, refuseMisnamed } from "./package-faults.js";
import type { PackageTrust } from "./package-trust.js";

/** What a command is called. One that began with `-` would be an option. */
const TYPED = /^[A-Za-z\d][\w.-]{0,63}$/;

/** A plugin as its package declares it, checked; nothing of it has been imported. */
export interface InstalledPlugin {
  readonly package: PluginPackage;
  readonly entries: Readonly<Partial<Record<Group, EntryPoint>>>;
  /** The JSON Schema of its options; one that allows none where the package names no schema. */
  readonly schema: Schema;
  /**
   * What its environment file says: from which variables of other systems options are taken over. Looked at where there is no file, and
   * by `init --from-env`; undefined where the package names no such file.
   *
   * @returns JSON of any shape; null if it is not JSON
   * @throws MlflowAuthError `PLUGIN_MANIFEST` if the file can't be read
   */
  environment(): unknown;
  readonly imports: ImportJudge;
}

/** A command as its package declares it, checked; nothing of it has been imported. */
export interface InstalledCommand {
  readonly package: PluginPackage;
  readonly entry: EntryPoint<typeof commandGroup>;
  readonly imports: ImportJudge;
}

/** @throws MlflowAuthError `PLUGIN_MANIFEST`; `PLUGIN_UNTRUSTED` if anything in the package is somebody else's, or others may write it */
export function checkManifest(manifest: Manifest, plugin: string, trust: PackageTrust): InstalledPlugin {
  refuseMisnamed(manifest, plugin);
  const { name, version, folder, coreRange, repair } = manifest;
  const { schema, file } = checkSchema(manifest, plugin);
  const environment = readerOf(manifest, plugin);
  const owner: PluginPackage = Object.freeze({
    ...{ name, version, folder, coreRange },
    ...(file && { configSchema: file }),
    ...(repair && { repair }),
  });
  const entries: Partial<Record<Group, EntryPoint>> = {};
  for (const group of groups) {
    const names = manifest.entryPoints[group];
    if (names !== undefined && Object.hasOwn(names, plugin))
      entries[group] = checkEntry(names[plugin], group, plugin, owner);
  }
  refuseUntrusted(manifest, trust.contentProblem(folder));
  return {
    package: owner,
    entries: Object.freeze(entries),
    schema,
    environment,
    imports: judgeOf(folder, trust),
  };
}

/** What its environment file says, when it is asked: {@link InstalledPlugin.environment}. @throws MlflowAuthError `PLUGIN_MANIFEST` */
export function readerOf(manifest: Manifest, plugin: string): () => unknown {
  const file = fileOf(manifest, "environment", plugin);
  return () => (file === undefined ? undefined : readJson(manifest, "environment", file).json);
}

/**
 * The same for a command. The schema of its package's options is not looked at: a command is there without the file.
 *
 * @throws MlflowAuthError `PLUGIN_MANIFEST`, `PLUGIN_UNTRUSTED` as {@link checkManifest}
 */
export function checkCommand(manifest: Manifest, command: string, trust: PackageTrust): InstalledCommand {
  checkVersion(manifest);
  const { name, version, folder, repair } = manifest;
  const owner: PluginPackage = Object.freeze({ name, version, folder, ...(repair && { repair }) });
  const entry = checkEntry(manifest.commands[command], commandGroup, command, owner);
  refuseUntrusted(manifest, trust.contentProblem(owner.folder));
  return Object.freeze({ package: owner, entry, imports: judgeOf(folder, trust) });
}

function judgeOf(folder: string, trust: PackageTrust): ImportJudge {
  return Object.freeze({
    moduleProblem: (file: string) => trust.moduleProblem(file),
    dependencyProblem: () => trust.dependencyProblem(folder),
  });
}

/** @throws MlflowAuthError `PLUGIN_UNTRUSTED` */
function refuseUntrusted(manifest: Manifest, reason: string | undefined): void {
  if (reason !== undefined) throw notTrusted(manifest, reason);
}

/** One entry point. @param declared what package.json says of it @throws MlflowAuthError `PLUGIN_MANIFEST` */
export function checkEntry<G extends string>(
  declared: unknown,
  group: G,
  name: string,
  owner: PluginPackage,
): EntryPoint<G> {
  if (group === commandGroup && !TYPED.test(name)) {
    throw faulty(owner, "entry-point", "has a command whose name nobody could type");
  }
  const label = `the entry point ${name} of ${group}`;
  const [, path, exported] =
    typeof declared === "string" ? (/^(\.\/[^:]+):([A-Za-z_$][\w$]*)$/.exec(declared) ?? []) : [];
  if (path === undefined || exported === undefined) {
    throw faulty(owner, "entry-point", `declares ${label} in another form than "./path/to/module.js:factory"`);
  }
  const module = insideOf(owner.folder, path);
  if (module === "missing") {
    const first = "install it again, for a file is missing, or ";
    throw faulty(owner, "entry-point", `lacks the module that ${label} names`, first);
  }
  if (module === "outside") throw faulty(owner, "entry-point", `names a module outside of itself for ${label}`);
  return Object.freeze({ group, name, package: owner, module: module.path, export: exported });
}
