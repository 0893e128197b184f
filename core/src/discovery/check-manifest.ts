/** Checks what a plugin package declares, once the file enables it and before anything of it is imported. */
import { realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { valuesSchema } from "@mlflow-auth/schema";
import type { EntryPoint, ImportJudge, PluginPackage } from "../config/config.js";
import { listNames } from "../config/expectation.js";
import { hiddenSecret } from "../config/hidden-secrets.js";
import { instanceOptions } from "../config/instances.js";
import { isPrintable } from "../config/problems.js";
import { isObject, type Schema, SchemaWalker } from "../config/schema-walk.js";
import { readSmallTextSync } from "../files/small-file.js";
import { commandGroup, type Group, groups } from "../provider/provider.js";
import { type Manifest, namesOf } from "./manifests.js";
import { endless, faulty, notTrusted, refuseMisnamed } from "./package-faults.js";
import type { PackageTrust } from "./package-trust.js";

/** The plugin interface that this core speaks. */
const API_VERSION = 1;
/** Bytes of a JSON file that a manifest names. */
const MAX_JSON_BYTES = 1024 * 1024;
/** What a command is called. One that began with `-` would be an option. */
const TYPED = /^[A-Za-z\d][\w.-]{0,63}$/;
/** Nesting beyond this would exhaust the stack. */
const MAX_JSON_DEPTH = 256;

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
  const { name, version, folder, coreRange } = manifest;
  const { schema, file } = checkSchema(manifest, plugin);
  const environment = readerOf(manifest, plugin);
  const owner: PluginPackage = Object.freeze({ name, version, folder, coreRange, ...(file && { configSchema: file }) });
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

/** A schema of options, and where it stands. */
export interface FoundSchema {
  readonly schema: Schema;
  /** Absolute, symlinks resolved; undefined where it is none of its own. */
  readonly file?: string;
  /** Whether it stands in package.json itself; false also for a plugin that takes no options. */
  readonly isInManifest: boolean;
}

/** The schema alone: its package need not be built. @throws MlflowAuthError `PLUGIN_MANIFEST` */
export function checkSchema(manifest: Manifest, plugin: string): FoundSchema {
  return readSchema(manifest, fileOf(manifest, "configSchema", checkVersion(manifest), plugin));
}

/** What its environment file says, when it is asked: {@link InstalledPlugin.environment}. @throws MlflowAuthError `PLUGIN_MANIFEST` */
export function readerOf(manifest: Manifest, plugin: string): () => unknown {
  const file = fileOf(manifest, "environment", checkVersion(manifest), plugin);
  return () => (file === undefined ? undefined : readJson(manifest, "environment", file).json);
}

/**
 * The same for a command. The schema of its package's options is not looked at: a command is there without the file.
 *
 * @throws MlflowAuthError `PLUGIN_MANIFEST`, `PLUGIN_UNTRUSTED` as {@link checkManifest}
 */
export function checkCommand(manifest: Manifest, command: string, trust: PackageTrust): InstalledCommand {
  checkVersion(manifest);
  const { name, version, folder } = manifest;
  const owner: PluginPackage = Object.freeze({ name, version, folder });
  const entry = checkEntry(manifest.commands[command], commandGroup, command, owner);
  refuseUntrusted(manifest, trust.contentProblem(owner.folder));
  return Object.freeze({ package: owner, entry, imports: judgeOf(folder, trust) });
}

/** @returns its `mlflow-auth-plugin` @throws MlflowAuthError `PLUGIN_MANIFEST` for one that this core does not speak with */
export function checkVersion(manifest: Manifest): Readonly<Record<string, unknown>> {
  const declared = manifest.plugin;
  if (!isObject(declared)) throw faulty(manifest, 'has no "mlflow-auth-plugin" in its package.json');
  if (declared["apiVersion"] !== API_VERSION) {
    const version = Number.isInteger(declared["apiVersion"]) ? `version ${declared["apiVersion"]}` : "no known version";
    throw faulty(
      manifest,
      `is made for ${version} of the plugin interface, and this core speaks version ${API_VERSION}`,
    );
  }
  return declared;
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
  if (group === commandGroup && !TYPED.test(name)) throw faulty(owner, "has a command whose name nobody could type");
  const label = `the entry point ${name} of ${group}`;
  const [, path, exported] =
    typeof declared === "string" ? (/^(\.\/[^:]+):([A-Za-z_$][\w$]*)$/.exec(declared) ?? []) : [];
  if (path === undefined || exported === undefined) {
    throw faulty(owner, `declares ${label} in another form than "./path/to/module.js:factory"`);
  }
  const module = insideOf(owner.folder, path);
  if (module === "missing")
    throw faulty(owner, `lacks the module that ${label} names`, "install it again, for a file is missing, or ");
  if (module === "outside") throw faulty(owner, `names a module outside of itself for ${label}`);
  return Object.freeze({ group, name, package: owner, module: module.path, export: exported });
}

function readSchema(manifest: Manifest, declared: unknown): FoundSchema {
  if (declared === undefined) {
    return { schema: { type: "object", additionalProperties: false, properties: {} }, isInManifest: false };
  }
  const { json, file } = isObject(declared)
    ? { json: isDeeper(declared, MAX_JSON_DEPTH) ? null : declared }
    : readJson(manifest, "configSchema", declared);
  if (!isObject(json)) throw faulty(manifest, "has a configSchema that is not a JSON Schema, or one nested too deeply");
  const fault = endless(manifest, () => hiddenSecret(json, new SchemaWalker(json, valuesSchema)));
  if (fault !== undefined) throw faulty(manifest, fault);
  const walker = new SchemaWalker(json, valuesSchema);
  const taken = endless(manifest, () => ownOption(walker, walker.root));
  if (taken !== undefined) {
    throw faulty(manifest, `has a configSchema with the option \`${taken}\`, which mlflow-auth takes for itself`);
  }
  return file === undefined ? { schema: json, isInManifest: true } : { schema: json, file, isInManifest: false };
}

/** An option of core's own that a schema has as well: a plugin would never get it. */
function ownOption(walker: SchemaWalker, schema: Schema): string | undefined {
  const { properties, required, allOf, anyOf, oneOf, if: condition, then, else: otherwise } = schema;
  const has = (name: string) =>
    (isObject(properties) && Object.hasOwn(properties, name)) || (Array.isArray(required) && required.includes(name));
  const own = instanceOptions.find(has);
  if (own !== undefined) return own;
  for (const part of [allOf, anyOf, oneOf, condition, then, otherwise].flat()) {
    const found = isObject(part) ? ownOption(walker, walker.resolve(part)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * What a manifest names by this key: one file for all plugins of the package, or an object with one for each that has any. In such an
 * object a schema may also stand itself.
 *
 * @returns undefined for a plugin that has none
 */
function fileOf(
  manifest: Manifest,
  key: "configSchema" | "environment",
  declared: Readonly<Record<string, unknown>>,
  plugin: string,
): unknown {
  const files = declared[key];
  if (!isObject(files)) return files;
  const names = namesOf(manifest);
  const other = Object.keys(files).find((name) => !names.includes(name));
  // It may be a slip, and the plugin that was meant would take no options.
  if (other !== undefined) {
    const shown = isPrintable(other) ? `\`${other}\`` : "a name";
    const own = names.filter(isPrintable).map((name) => `\`${name}\``);
    throw faulty(manifest, `says the ${key} of ${shown}, which is none of its plugins (${listNames(own)})`);
  }
  return Object.hasOwn(files, plugin) ? files[plugin] : undefined;
}

/** A JSON file of the package, which its manifest names by this key. What can't be read as JSON, or is nested too deeply, reads as null. */
function readJson(manifest: Manifest, key: string, declared: unknown): { json: unknown; file: string } {
  if (typeof declared !== "string") throw faulty(manifest, `names no file as its ${key}`);
  const file = insideOf(manifest.folder, declared);
  if (file === "missing") throw faulty(manifest, `lacks the file that it names as its ${key}`);
  if (file === "outside") throw faulty(manifest, `names a file outside of itself as its ${key}`);
  const read = readSmallTextSync(file.path, MAX_JSON_BYTES);
  if ("reason" in read) throw faulty(manifest, `names a file as its ${key} that ${read.why}`);
  try {
    const json: unknown = JSON.parse(read.text);
    return { json: isDeeper(json, MAX_JSON_DEPTH) ? null : json, file: file.path };
  } catch {
    // The parser's message would quote the file.
    return { json: null, file: file.path };
  }
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}

/** A regular file below a folder, symlinks of both resolved. */
function insideOf(folder: string, path: string): { path: string } | "missing" | "outside" {
  try {
    const file = realpathSync(join(folder, path));
    const way = relative(realpathSync(folder), file);
    if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return "outside";
    return statSync(file).isFile() ? { path: file } : "missing";
  } catch {
    return "missing";
  }
}
