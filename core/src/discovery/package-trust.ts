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

/** Where something was found to be wrong, and what. */
type Finding = readonly [path: string, reason: string];

/** Judges packages. What it has found to be right it does not look at again. */
export class PackageTrust {
  readonly #owners: Owners;
  readonly #installation: Groups;
  readonly #environment: readonly string[];
  readonly #right = new Set<string>();
  readonly #contents = new Map<string, string | undefined>();

  /**
   * @param owners users whose packages are used beside one's own and root's
   * @param installation groups that may write a folder around the running core, and so have code of theirs run here anyway: in its
   *   own installation they may write the others, too
   * @param environment packages that are installed in the Python environment of the running command: there a group that may write
   *   folders writes the files as well, as in Jupyter's images
   */
  constructor(owners: Owners, installation: Groups = noGroups, environment: readonly string[] = []) {
    this.#owners = owners;
    this.#installation = installation;
    this.#environment = environment.map(real);
  }

  /** The groups that may write the files of a package, or of what a package imports. @param path of the package, or of a file in it */
  writersOf(path: string): Groups {
    const end = real(path);
    return this.#environment.some((folder) => contains(folder, end)) ? this.#installation : noGroups;
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
    const groups = ["command", "core", "environment"].includes(origin) ? this.#installation : noGroups;
    const top = searchFolders.find((candidate) => contains(candidate, folder)) ?? root;
    const end = real(folder);
    const realTop = real(top);
    return describe([
      ...this.#exactly(join(root, "package.json"), groups),
      ...this.#upwards(root, root, groups),
      ...this.#upwards(folder, top, groups),
      ...this.#upwards(end, contains(realTop, end) ? realTop : installationOf(end), groups),
    ]);
  }

  /** What a package holds: every file and folder, but for the `node_modules` of one that is worked on. */
  contentProblem(folder: string): string | undefined {
    if (process.getuid === undefined) return undefined;
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
    const findings = this.#upwards(folder, installationOf(folder), this.#installation);
    return describe(findings.length > 0 ? findings : this.#exactly(file, this.writersOf(file)));
  }

  /**
   * What a package imports by its package.json: the packages that it depends on, those that these depend on and so on, with all that
   * they hold; of those that its host brings (`peerDependencies`) these alone. Takes longer than all else here.
   */
  dependencyProblem(folder: string): string | undefined {
    if (process.getuid === undefined) return undefined;
    const pending = new Set([real(folder)]);
    for (const top of pending) {
      const places = upwards(top).map(placeOfImports);
      const { own, hosts } = dependenciesOf(top);
      for (const name of [...own, ...hosts]) {
        const found = places.map((place) => join(place, name)).find((candidate) => statsOf(candidate) !== undefined);
        if (found === undefined) continue;
        const end = real(found);
        const findings = [
          ...this.#upwards(found, dirname(found), this.#installation),
          ...this.#upwards(end, installationOf(end), this.#installation),
        ];
        const reason = describe(findings) ?? this.contentProblem(end);
        if (reason !== undefined) return reason;
        if (own.has(name)) pending.add(end);
      }
    }
    return undefined;
  }

  /** A folder and those above it: down from `top` nobody else may own or write them, and above it only the sticky bit helps. */
  #upwards(from: string, top: string, groups: Groups): Finding[] {
    const findings: Finding[] = [];
    const passed: string[] = [];
    for (const folder of upwards(from)) {
      const key = `${groups.size} ${top} ${folder}`;
      if (this.#right.has(key)) break;
      passed.push(key);
      const place = placeOfImports(folder);
      if (place !== folder) findings.push(...this.#exactly(place, groups));
      findings.push(...(contains(top, folder) ? this.#exactly(folder, groups) : this.#above(folder, groups)));
    }
    if (findings.length === 0) for (const key of passed) this.#right.add(key);
    return findings;
  }

  /** Of a link, both it and what it leads to count. */
  #exactly(path: string, groups: Groups): Finding[] {
    const link = statsOf(path);
    let reason = link && trustProblem(link, this.#owners, groups);
    if (reason === undefined && link?.isSymbolicLink() === true) {
      const target = statsOf(path, statSync);
      reason = target && trustProblem(target, this.#owners, groups);
    }
    return reason === undefined ? [] : [[path, reason]];
  }

  #above(path: string, groups: Groups): Finding[] {
    const stats = statsOf(path);
    const reason = stats && trustProblemAbove(stats, this.#owners, groups);
    return reason === undefined ? [] : [[path, reason]];
  }

  #walk(top: string): string | undefined {
    const folders = new Set([top]);
    // Of a package that is worked on, these are what a package manager put there for many purposes.
    const skipped = top.includes(`${sep}node_modules${sep}`) ? undefined : join(top, "node_modules");
    const groups = this.writersOf(top);
    let entries = 0;
    for (const folder of folders) {
      for (const entry of list(folder)) {
        if (entry.name === ".git" || (entry.isFile() && neverRun.test(entry.name))) continue;
        if (++entries > MOST_ENTRIES) return `${top} holds more than ${MOST_ENTRIES} files, too many to judge`;
        const path = `${folder}${sep}${entry.name}`;
        const findings = this.#exactly(path, groups);
        if (entry.isDirectory() && path !== skipped) folders.add(path);
        if (entry.isSymbolicLink() && path !== skipped) {
          const target = real(path);
          const isElsewhere = !contains(top, target) && !folders.has(target);
          if (isElsewhere) findings.push(...this.#upwards(target, target, noGroups));
          if (isElsewhere && statsOf(target)?.isDirectory() === true) folders.add(target);
        }
        if (findings.length > 0) return describe(findings);
      }
    }
    return undefined;
  }
}

/** The first finding, with all others of its kind: whoever repairs one wants to repair them together. */
function describe(findings: readonly Finding[]): string | undefined {
  const [, reason] = findings[0] ?? [];
  if (reason === undefined) return undefined;
  const paths = new Set(findings.filter(([, other]) => other === reason).map(([path]) => path));
  return `${[...paths].join(" and ")} ${paths.size === 1 ? reason : reason.replace(/^belongs/, "belong")}`;
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

/** The folder whose `node_modules` holds this path; the path itself where none does. */
function installationOf(path: string): string {
  return path.split(`${sep}node_modules${sep}`, 1)[0] as string;
}

/** A folder and those above it, itself first. */
function upwards(folder: string): string[] {
  const folders = [folder];
  for (let above = dirname(folder); above !== folders.at(-1); above = dirname(above)) folders.push(above);
  return folders;
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
