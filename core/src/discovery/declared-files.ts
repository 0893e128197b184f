/** What the `mlflow-auth-plugin` of a package.json declares: the interface that the package is made for, and files of it. */
import { realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { listNames } from "../config/expectation.js";
import { isPrintable } from "../config/problems.js";
import { isObject } from "../config/schema-walk.js";
import { readSmallTextSync } from "../files/small-file.js";
import { type Manifest, namesOf } from "./manifests.js";
import { faulty } from "./package-faults.js";

/** The plugin interface that this core speaks. */
const API_VERSION = 1;
/** Bytes of a JSON file that a manifest names. */
const MAX_JSON_BYTES = 1024 * 1024;
/** Nesting beyond this would exhaust the stack. */
const MAX_JSON_DEPTH = 256;

/** @returns its `mlflow-auth-plugin` @throws MlflowAuthError `PLUGIN_MANIFEST` for one that this core does not speak with */
export function checkVersion(manifest: Manifest): Readonly<Record<string, unknown>> {
  const declared = manifest.plugin;
  if (!isObject(declared)) throw faulty(manifest, "interface", 'has no "mlflow-auth-plugin" in its package.json');
  if (declared["apiVersion"] !== API_VERSION) {
    const version = Number.isInteger(declared["apiVersion"]) ? `version ${declared["apiVersion"]}` : "no known version";
    throw faulty(
      manifest,
      "interface",
      `is made for ${version} of the plugin interface, and this core speaks version ${API_VERSION}`,
    );
  }
  return declared;
}

/** What a manifest may name files by. */
export type FileKey = "configSchema" | "environment";

const partOf = (key: FileKey) => (key === "environment" ? key : "schema");

/**
 * What a manifest names by this key: one file for all plugins of the package, or an object with one for each that has any. In such an
 * object a schema may also stand itself.
 *
 * @returns undefined for a plugin that has none
 * @throws MlflowAuthError `PLUGIN_MANIFEST`, also as {@link checkVersion} does
 */
export function fileOf(manifest: Manifest, key: FileKey, plugin: string): unknown {
  const files = checkVersion(manifest)[key];
  if (!isObject(files)) return files;
  const names = namesOf(manifest);
  const other = Object.keys(files).find((name) => !names.includes(name));
  // It may be a slip, and the plugin that was meant would take no options.
  if (other !== undefined) {
    const shown = isPrintable(other) ? `\`${other}\`` : "a name";
    const own = names.filter(isPrintable).map((name) => `\`${name}\``);
    throw faulty(
      manifest,
      partOf(key),
      `says the ${key} of ${shown}, which is none of its plugins (${listNames(own)})`,
    );
  }
  return Object.hasOwn(files, plugin) ? files[plugin] : undefined;
}

/**
 * A JSON file of the package, which its manifest names by this key. What is no JSON, or nested too deeply, reads as null.
 *
 * @returns `file`: absolute, symlinks resolved
 * @throws MlflowAuthError `PLUGIN_MANIFEST`
 */
export function readJson(manifest: Manifest, key: FileKey, declared: unknown): { json: unknown; file: string } {
  const part = partOf(key);
  if (typeof declared !== "string") throw faulty(manifest, part, `names no file as its ${key}`);
  const file = insideOf(manifest.folder, declared);
  if (file === "missing") throw faulty(manifest, part, `lacks the file that it names as its ${key}`);
  if (file === "outside") throw faulty(manifest, part, `names a file outside of itself as its ${key}`);
  const read = readSmallTextSync(file.path, MAX_JSON_BYTES);
  if ("reason" in read) throw faulty(manifest, part, `names a file as its ${key} that ${read.why}`);
  try {
    const json: unknown = JSON.parse(read.text);
    return { json: isDeeper(json) ? null : json, file: file.path };
  } catch {
    // The parser's message would quote the file.
    return { json: null, file: file.path };
  }
}

/** Whether JSON is nested so deeply that whoever goes through it would run out of stack. */
export function isDeeper(value: unknown, depth = MAX_JSON_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}

/** A regular file below a folder, symlinks of both resolved. */
export function insideOf(folder: string, path: string): { path: string } | "missing" | "outside" {
  try {
    const file = realpathSync(join(folder, path));
    const way = relative(realpathSync(folder), file);
    if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return "outside";
    return statSync(file).isFile() ? { path: file } : "missing";
  } catch {
    return "missing";
  }
}
