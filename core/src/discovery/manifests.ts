/** Finds the installed plugin packages. Reads package.json files and nothing else; no code of a package is run. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isObject } from "../config/schema-walk.js";
import { type Group, groups } from "../provider/provider.js";

/** A package with entry points for us, as it describes itself: nothing of it has been checked. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** Where it was reached; symlinks are not resolved. */
  readonly folder: string;
  /** The `entry-points` of its package.json that are MLflow's, by group and name. */
  readonly entryPoints: Readonly<Partial<Record<Group, Readonly<Record<string, unknown>>>>>;
  /** Its `mlflow-auth-plugin`. */
  readonly plugin: unknown;
}

const dependencyKinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/** The plugin packages that these roots depend on, and the roots themselves where they are one. Of two with one name the first wins. */
export function readManifests(roots: readonly string[]): Manifest[] {
  const found = new Map<string, Manifest>();
  const add = (manifest: Manifest | undefined) => {
    if (manifest !== undefined && !found.has(manifest.name)) found.set(manifest.name, manifest);
  };
  for (const root of roots) {
    const text = readText(join(root, "package.json"));
    if (text === undefined) {
      for (const name of installedIn(join(root, "node_modules"))) {
        if (!found.has(name)) add(readManifest(join(root, "node_modules", name)));
      }
      continue;
    }
    add(parseManifest(text, root));
    for (const name of dependenciesOf(text)) if (!found.has(name)) add(findPackage(name, root));
  }
  return [...found.values()];
}

/** Reads a dependency's package.json where Node would find the package, whatever its `exports` allow. */
function findPackage(name: string, from: string): Manifest | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    const text = readText(join(candidate, "package.json"));
    if (text !== undefined) return parseManifest(text, candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

function readManifest(folder: string): Manifest | undefined {
  const text = readText(join(folder, "package.json"));
  return text === undefined ? undefined : parseManifest(text, folder);
}

function parseManifest(text: string, folder: string): Manifest | undefined {
  // Most packages are no plugins, and looking is cheaper than parsing.
  if (!text.includes('"entry-points"') && !text.includes('"mlflow-auth-plugin"')) return undefined;
  const json = parseJson(text);
  const declared = json["entry-points"];
  const plugin = json["mlflow-auth-plugin"];
  const entryPoints: Partial<Record<Group, Record<string, unknown>>> = {};
  for (const group of groups) {
    const names = isObject(declared) ? declared[group] : undefined;
    if (isObject(names)) entryPoints[group] = names;
  }
  if (typeof json["name"] !== "string" || (plugin === undefined && Object.keys(entryPoints).length === 0))
    return undefined;
  return { name: json["name"], version: String(json["version"] ?? ""), folder, entryPoints, plugin };
}

function dependenciesOf(text: string): string[] {
  const json = parseJson(text);
  const names = dependencyKinds.flatMap((kind) => (isObject(json[kind]) ? Object.keys(json[kind]) : []));
  return [...new Set(names)].filter(isPackageName);
}

/** Every package in a node_modules folder: what a global installation has in place of a package.json that lists them. */
function installedIn(folder: string): string[] {
  return list(folder)
    .flatMap((name) => (name.startsWith("@") ? list(join(folder, name)).map((inner) => `${name}/${inner}`) : [name]))
    .filter(isPackageName);
}

/** Keeps a name such as `../x` from leading out of node_modules. */
function isPackageName(name: string): boolean {
  return /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*$/.test(name);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}
