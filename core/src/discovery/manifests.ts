/** Finds the installed plugin packages. Reads package.json files and nothing else; no code of a package is run. */
import { lstatSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { closestMatch } from "leven";
import type { RepairCommands } from "../config/config.js";
import { isObject } from "../config/schema-walk.js";
import { type Groups, type Owners, trustProblem } from "../files/trust.js";
import { commandGroup, type Group, groups } from "../provider/provider.js";
import { CORE, repairCommands } from "./install-command.js";
import { plugAndPlayFolders } from "./plug-n-play.js";
import { isPackageName, type PackageText, parseObject, readPackage } from "./read-package.js";
import type { Roots } from "./roots.js";
import { type Root, untrusted } from "./search-folders.js";

/** A package with entry points for us, as it describes itself: nothing of it has been checked. */
export interface Manifest {
  readonly name: string;
  /** Empty if the package.json has none that is one. */
  readonly version: string;
  /** Where it was reached; symlinks are not resolved. */
  readonly folder: string;
  /** The `entry-points` of its package.json for providers, by group and name. */
  readonly entryPoints: Readonly<Partial<Record<Group, Readonly<Record<string, unknown>>>>>;
  /** Those of its commands, by name. */
  readonly commands: Readonly<Record<string, unknown>>;
  /** Its `mlflow-auth-plugin`. */
  readonly plugin: unknown;
  /** What its `peerDependencies` say of core. */
  readonly coreRange: string | undefined;
  /** Groups of its `entry-points` that are none of ours, and probably were meant to be. */
  readonly misnamed: readonly MisnamedGroup[];
  /** How it is put right, for one that came with pip. */
  readonly repair?: RepairCommands | undefined;
}

/** A group of entry points whose name has a slip. */
export interface MisnamedGroup {
  readonly given: string;
  readonly meant: string;
  /** Those of its entry points. */
  readonly names: readonly string[];
}

/** A package that is not used because it is somebody else's. */
export interface RefusedManifest extends Manifest {
  /** Which file or folder it is that is not trusted, and why. */
  readonly reason: string;
}

/** The plugin packages that were found. */
export interface Manifests {
  /** In the order of the roots. */
  readonly usable: readonly Manifest[];
  readonly refused: readonly RefusedManifest[];
}

/** Whether a package provides a plugin of this name. */
export function offers(manifest: Manifest, plugin: string): boolean {
  return groups.some((group) => Object.hasOwn(manifest.entryPoints[group] ?? {}, plugin));
}

/** Whether a package has a command of this name. */
export function offersCommand({ commands }: Manifest, name: string): boolean {
  return Object.hasOwn(commands, name);
}

/** The names of all plugins that a package provides; those of its commands are not among them. */
export function namesOf(manifest: Manifest): string[] {
  return [...new Set(groups.flatMap((group) => Object.keys(manifest.entryPoints[group] ?? {})))];
}

const dependencyKinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/**
 * The plugin packages that these roots depend on, and the roots themselves where they are one. Of two with one name the first wins
 * that is one's own, root's or of one of the roots' owners, and that nobody else may write or exchange.
 */
export function readManifests({
  folders,
  owners,
  trust,
  python,
}: Pick<Roots, "folders" | "owners" | "trust"> & Partial<Pick<Roots, "python">>): Manifests {
  const usable = new Map<string, Manifest>();
  const refused: RefusedManifest[] = [];
  for (const root of folders) {
    const add = (folder: string, read: PackageText | undefined) => {
      const parsed = read && parseManifest(read, folder);
      if (parsed === undefined || usable.has(parsed.name)) return;
      const isPython = python !== undefined && root.origin === "environment";
      const manifest = isPython ? { ...parsed, repair: repairCommands(python, parsed.name) } : parsed;
      const reason =
        trustProblemOf(folder, read as PackageText, owners, trust.writersOf(folder)) ?? trust.wayProblem(folder, root);
      if (reason === undefined) usable.set(manifest.name, manifest);
      else refused.push({ ...manifest, reason });
    };
    const file = join(root.folder, "package.json");
    const read = readPackage(file);
    const own = read ? dependenciesOf(read.text) : exists(file) ? [] : installedIn(join(root.folder, "node_modules"));
    add(root.folder, read);
    // Made once for a thousand names.
    const places = root.searchFolders.map((folder) => join(folder, "node_modules", sep));
    const unplugged = plugAndPlayFolders(root, owners);
    for (const name of own) if (!usable.has(name)) add(...findPackage(name, root.folder, places, unplugged));
  }
  return { usable: [...usable.values()], refused };
}

/** The plugin packages that lie where a root's dependencies lie although its package.json does not name them: none of them is used. */
export function undeclaredManifests({ folder: root, searchFolders }: Root): Manifest[] {
  const file = join(root, "package.json");
  const read = readPackage(file);
  if (read === undefined && !exists(file)) return [];
  const declared = new Set(read ? dependenciesOf(read.text) : []);
  const found = new Map<string, Manifest>();
  for (const folder of searchFolders) {
    for (const name of installedIn(join(folder, "node_modules"))) {
      if (declared.has(name) || found.has(name)) continue;
      const candidate = join(folder, "node_modules", name);
      const read = readPackage(join(candidate, "package.json"));
      const manifest = read && parseManifest(read, candidate);
      if (manifest !== undefined) found.set(name, manifest);
    }
  }
  return [...found.values()];
}

/** Reads a dependency's package.json where Node would find the package, whatever its `exports` allow. */
function findPackage(
  name: string,
  root: string,
  places: readonly string[],
  plugAndPlayFolder: (name: string) => string | undefined,
): [string, PackageText | undefined] {
  for (const place of places) {
    const candidate = place + name;
    const read = readPackage(`${candidate}${sep}package.json`);
    if (read !== undefined) return [candidate, read];
  }
  const unplugged = plugAndPlayFolder(name);
  return unplugged === undefined ? [root, undefined] : [unplugged, readPackage(join(unplugged, "package.json"))];
}

/** The file that was read is judged as it was then; its folder, also where it is a symlink. */
function trustProblemOf(folder: string, { stats }: PackageText, owners: Owners, groups: Groups): string | undefined {
  const file = join(folder, "package.json");
  const reason = trustProblem(stats, owners, groups);
  return reason === undefined ? untrusted([folder, file], owners, groups) : `${file} ${reason}`;
}

/** The package in a folder, whoever has put it there; undefined where it is no plugin package. */
export function readManifest(folder: string): Manifest | undefined {
  const read = readPackage(join(folder, "package.json"));
  return read && parseManifest(read, folder);
}

function parseManifest(read: PackageText, folder: string): Manifest | undefined {
  // Most packages are no plugins, and looking is cheaper than parsing.
  if (!read.mentions('"entry-points"') && !read.mentions('"mlflow-auth-plugin"')) return undefined;
  const {
    name,
    version,
    "entry-points": declared,
    "mlflow-auth-plugin": plugin,
    peerDependencies,
  } = parseObject(read.text);
  const entryPoints: Partial<Record<Group, Record<string, unknown>>> = {};
  const namesOfGroup = (group: string) => {
    const names = isObject(declared) ? declared[group] : undefined;
    return isObject(names) ? names : undefined;
  };
  for (const group of groups) {
    const names = namesOfGroup(group);
    if (names !== undefined) entryPoints[group] = names;
  }
  const commands = namesOfGroup(commandGroup);
  const misnamed = isObject(declared) ? misnamedGroups(declared) : [];
  const isPlugin =
    plugin !== undefined || commands !== undefined || Object.keys(entryPoints).length > 0 || misnamed.length > 0;
  if (!isPackageName(name) || !isPlugin) return undefined;
  const shown = isVersion(version) ? version : "";
  const range = isObject(peerDependencies) ? peerDependencies[CORE] : undefined;
  const coreRange = typeof range === "string" ? range : undefined;
  return { name, version: shown, folder, entryPoints, commands: commands ?? {}, plugin, coreRange, misnamed };
}

/** Letters that may be wrong, missing or too many. */
const SLIPS = 3;

/** Python's MLflow knows more groups, which a package may have as well: only what is close to one of ours is a slip. */
function misnamedGroups(declared: Readonly<Record<string, unknown>>): MisnamedGroup[] {
  const known = [...groups, commandGroup];
  const letters = (group: string) => group.toLowerCase().replaceAll(/[^a-z]/g, "");
  return Object.entries(declared).flatMap(([given, names]) => {
    if ((known as readonly string[]).includes(given) || given.length > 100 || !isObject(names)) return [];
    const closest = closestMatch(letters(given), known.map(letters), { maxDistance: SLIPS });
    const meant = known.find((group) => letters(group) === closest || group === `mlflow.${given}`);
    return meant === undefined ? [] : [{ given, meant, names: Object.keys(names) }];
  });
}

function dependenciesOf(text: string): string[] {
  const json = parseObject(text);
  const names = dependencyKinds.flatMap((kind) => (isObject(json[kind]) ? Object.keys(json[kind]) : []));
  return [...new Set(names)].filter(isPackageName);
}

/** Every package in a node_modules folder: what a global installation has in place of a package.json that lists them. */
function installedIn(folder: string): string[] {
  return list(folder)
    .flatMap((name) => (name.startsWith("@") ? list(join(folder, name)).map((inner) => `${name}/${inner}`) : [name]))
    .filter(isPackageName);
}

function isVersion(version: unknown): version is string {
  return typeof version === "string" && /^[\w.+-]{1,100}$/.test(version);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
