/**
 * Whether others could have code of theirs run in place of a package's: by what leads to it, by what it holds, and by what it
 * imports. Looks at owners and modes; the only files that it reads are the package.json of dependencies.
 */
import { type Dirent, lstatSync, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { isObject } from "../config/schema-walk.js";
import { type Groups, type Owners, trustProblem, trustProblemAbove } from "../files/trust.js";
import { isPackageName, parseObject, readPackage } from "./read-package.js";
import type { Root } from "./search-folders.js";

/** Entries of one package. A link of it may lead to a whole file system. */
const MOST_ENTRIES = 100_000;

const noGroups: Groups = new Set();

/** What Node never runs, and packages have most of. */
const neverRun = /\.(?:d\.[cm]?ts|map|md|txt)$/;

type StatSync = (path: string, options: { throwIfNoEntry: false }) => Stats | undefined;

/** Judges packages. What it has seen once it does not look at again. */
export class PackageTrust {
  readonly #owners: Owners;
  readonly #installation: Groups;
  readonly #seen = new Map<string, string | undefined>();
  readonly #contents = new Map<string, string | undefined>();
  readonly #folders = new Map<string, string | undefined>();

  /**
   * @param owners users whose packages are used beside one's own and root's
   * @param installation groups that may write a folder around the running core, and so have code of theirs run here anyway: in its
   *   own installation they may write the others, too
   */
  constructor(owners: Owners, installation: Groups = noGroups) {
    this.#owners = owners;
    this.#installation = installation;
  }

  /**
   * What leads to a package: each folder from the root that depends on it down to its own, links and what they lead to; that root's
   * package.json; the folders above; and every `node_modules` in which Node would look for what the package imports.
   *
   * @param folder as it was reached
   * @returns what is wrong, as words for a message
   */
  wayProblem(folder: string, { folder: root, searchFolders, origin }: Root): string | undefined {
    if (process.getuid === undefined) return undefined;
    const groups = origin === "command" || origin === "core" ? this.#installation : noGroups;
    const top = searchFolders.find((candidate) => contains(candidate, folder)) ?? root;
    return this.#first(
      [root, join(root, "package.json"), ...foldersBetween(top, folder), ...realWay(folder, real(top))],
      [root, top, real(folder)],
      groups,
    );
  }

  /** What a package holds: every file and folder, but for the `node_modules` of one that is worked on. */
  contentProblem(folder: string): string | undefined {
    const top = real(folder);
    if (!this.#contents.has(top)) this.#contents.set(top, this.#walk(top));
    return this.#contents.get(top);
  }

  /**
   * A module that a package imports, wherever it lies: the file, and what leads to it from the installation that it is in.
   *
   * @param file absolute, links resolved
   */
  moduleProblem(file: string): string | undefined {
    const folder = dirname(file);
    if (!this.#folders.has(folder)) {
      this.#folders.set(folder, this.#first(realWay(folder), [folder], this.#installation));
    }
    const reason = this.#folders.get(folder);
    if (reason !== undefined) return reason;
    const own = problemOf(file, this.#owners);
    return own && `${file} ${own}`;
  }

  /**
   * What a package imports by its package.json: the packages that it depends on, those that these depend on and so on, with all that
   * they hold; of those that its host brings (`peerDependencies`) these alone. Takes longer than all else here.
   */
  dependencyProblem(folder: string): string | undefined {
    if (process.getuid === undefined) return undefined;
    const pending = new Set([real(folder)]);
    for (const top of pending) {
      const places = [top, ...foldersAbove(top)].map(placeOfImports);
      const { own, hosts } = dependenciesOf(top);
      for (const name of [...own, ...hosts]) {
        const found = places.map((place) => join(place, name)).find((candidate) => statsOf(candidate) !== undefined);
        if (found === undefined) continue;
        const end = real(found);
        const reason =
          this.#first([found, dirname(found), ...realWay(found)], [end], this.#installation) ??
          this.contentProblem(end);
        if (reason !== undefined) return reason;
        if (own.has(name)) pending.add(end);
      }
    }
    return undefined;
  }

  /** The first problem, with all others of its kind: whoever repairs one wants to repair them together. */
  #first(paths: readonly string[], ends: readonly string[], groups: Groups): string | undefined {
    const strict = new Set(paths);
    const above = ends.flatMap(foldersAbove).filter((path) => !strict.has(path));
    for (const end of ends) for (const folder of [end, ...foldersAbove(end)]) strict.add(placeOfImports(folder));
    const found = [
      ...[...strict].map((path) => [path, this.#problem(path, groups)] as const),
      ...above.map((path) => [path, this.#problemAbove(path, groups)] as const),
    ];
    const [, reason] = found.find(([, problem]) => problem !== undefined) ?? [];
    if (reason === undefined) return undefined;
    const all = new Set(found.filter(([, problem]) => problem === reason).map(([path]) => path));
    return `${[...all].join(" and ")} ${all.size === 1 ? reason : reason.replace(/^belongs/, "belong")}`;
  }

  #problem(path: string, groups: Groups): string | undefined {
    const key = `${groups.size}${path}`;
    if (this.#seen.has(key)) return this.#seen.get(key);
    const reason = problemOf(path, this.#owners, groups);
    this.#seen.set(key, reason);
    return reason;
  }

  #problemAbove(path: string, groups: Groups): string | undefined {
    const key = `above ${groups.size}${path}`;
    if (this.#seen.has(key)) return this.#seen.get(key);
    const stats = statsOf(path);
    const reason = stats && trustProblemAbove(stats, this.#owners, groups);
    this.#seen.set(key, reason);
    return reason;
  }

  #walk(top: string): string | undefined {
    if (process.getuid === undefined) return undefined;
    const folders = new Set([top]);
    // Of a package that is worked on, these are what a package manager put there for many purposes.
    const skipped = top.includes(`${sep}node_modules${sep}`) ? undefined : join(top, "node_modules");
    let entries = 0;
    for (const folder of folders) {
      for (const entry of list(folder)) {
        // Nothing is imported from there.
        if (entry.name === ".git" || (entry.isFile() && neverRun.test(entry.name))) continue;
        if (++entries > MOST_ENTRIES) return `${top} holds more than ${MOST_ENTRIES} files, too many to judge`;
        const path = `${folder}${sep}${entry.name}`;
        const reason = problemOf(path, this.#owners);
        if (reason !== undefined) return `${path} ${reason}`;
        if (path === skipped) continue;
        if (entry.isDirectory()) folders.add(path);
        if (!entry.isSymbolicLink()) continue;
        const target = real(path);
        if (contains(top, target) || folders.has(target)) continue;
        const above = this.#first([target], [target], noGroups);
        if (above !== undefined) return above;
        if (statsOf(target)?.isDirectory() === true) folders.add(target);
      }
    }
    return undefined;
  }
}

/** Of a link, both it and what it leads to count. */
function problemOf(path: string, owners: Owners, groups: Groups = noGroups): string | undefined {
  const link = statsOf(path);
  const reason = link && trustProblem(link, owners, groups);
  if (reason !== undefined || link?.isSymbolicLink() !== true) return reason;
  const target = statsOf(path, statSync);
  return target && trustProblem(target, owners, groups);
}

/** What a package.json says that the package imports by itself, and what its host brings. */
function dependenciesOf(folder: string): { own: Set<string>; hosts: Set<string> } {
  const read = readPackage(join(folder, "package.json"));
  const json = read === undefined ? {} : parseObject(read.text);
  const names = (kinds: readonly string[]) =>
    new Set(kinds.flatMap((kind) => (isObject(json[kind]) ? Object.keys(json[kind]) : [])).filter(isPackageName));
  return { own: names(["dependencies", "optionalDependencies"]), hosts: names(["peerDependencies"]) };
}

/** Where Node looks for what is imported from this folder. Yarn's Plug'n'Play has its packages as files side by side. */
function placeOfImports(folder: string): string {
  if (folder.endsWith(".zip")) return dirname(folder);
  return basename(folder) === "node_modules" ? folder : join(folder, "node_modules");
}

/** The folders down to where one really is: from `top`, if it is in there, else from the installation that it is in. */
function realWay(folder: string, top?: string): string[] {
  const end = real(folder);
  if (top !== undefined && contains(top, end)) return foldersBetween(top, end);
  const [installation] = end.split(`${sep}node_modules${sep}`, 1);
  return foldersBetween(installation as string, end);
}

/** Both ends included. */
function foldersBetween(top: string, folder: string): string[] {
  const between = [folder, ...foldersAbove(folder)].filter((path) => contains(top, path));
  return between.reverse();
}

function foldersAbove(path: string): string[] {
  const above: string[] = [];
  for (let folder = dirname(path); folder !== above.at(-1); folder = dirname(folder)) above.push(folder);
  return above;
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function real(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

const quietly = { throwIfNoEntry: false } as const;

function statsOf(path: string, stat: StatSync = lstatSync): Stats | undefined {
  try {
    return stat(path, quietly);
  } catch {
    return undefined;
  }
}

/** What can't be read can't be imported. */
function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
