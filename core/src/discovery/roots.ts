/** Where plugins may be installed. */
import { existsSync, readlinkSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Owners } from "../files/trust.js";
import { presentFolder } from "../files/working-folder.js";
import { PackageTrust } from "./package-trust.js";
import { ownPythonEnvironment, type PythonEnvironment } from "./python-environment.js";
import { parseObject, readPackage } from "./read-package.js";
import { endOfSearch, type Origin, ownersOf, type Root, searchFoldersOf, writersAround } from "./search-folders.js";

/** From where installed packages are looked for. */
export interface RootOptions {
  /** The folder of the file; the working directory for a file given as an object. */
  readonly folder: string;
  /** Whose file it is, where the user named it. */
  readonly trustedOwner?: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The running command as it was started, symlinks and all. Default `process.argv[1]`. */
  readonly command?: string | undefined;
  /** A file of the running core. Default: this one. */
  readonly core?: string | undefined;
  /** In which the command is installed, in place of a node_modules. Default: that of this process. */
  readonly python?: PythonEnvironment | undefined;
}

/** The folders that plugins may be installed for. */
export interface Roots {
  /** The package that the file belongs to. */
  readonly project: string | undefined;
  /** The root of its workspace, which may be the package itself. */
  readonly workspace: string | undefined;
  /**
   * Every folder to look in, the first wins: project, its workspace root, MLFLOW_AUTH_PLUGIN_ROOT, and the running command's and core's
   * installation; in place of those, for a command from pip, each plugin of its Python environment.
   */
  readonly folders: readonly Root[];
  /** As {@link RootOptions} has it. */
  readonly python: PythonEnvironment | undefined;
  /** The users whose packages are used beside one's own and root's. */
  readonly owners: Owners;
  /** Judges the packages that are found there. */
  readonly trust: PackageTrust;
  /** Why a package.json around the file does not count: words for a message. */
  readonly passedOver: string | undefined;
}

/** Finds them by looking for package.json files and following symlinks. Reads nothing else; never throws. */
export function findRoots({
  folder,
  trustedOwner,
  env,
  command = process.argv[1],
  core = fileURLToPath(import.meta.url),
  python = ownPythonEnvironment(),
}: RootOptions): Roots {
  const owners = ownersOf(trustedOwner, core);
  const searchFolders = (from: string) => searchFoldersOf(from, env, owners);
  const { project, workspace } = packageAround(searchFolders(folder));
  const named = env["MLFLOW_AUTH_PLUGIN_ROOT"];
  const folders = new Map<string, Origin>();
  const add = (origin: Origin, ...roots: readonly (string | undefined)[]) => {
    for (const root of roots) if (root !== undefined && !folders.has(root)) folders.set(root, origin);
  };
  add("project", project);
  add("workspace", workspace);
  add("variable", named ? resolve(presentFolder() ?? folder, named) : undefined);
  if (python === undefined) {
    const started = command === undefined ? [] : linkChain(resolve(command));
    add("command", ...started.flatMap((path) => installationsOf(path, searchFolders)));
    add("core", ...installationsOf(core, searchFolders));
  } else add("environment", ...python.plugins);
  return {
    project,
    workspace,
    folders: [...folders].map(([root, origin]) => ({
      folder: root,
      origin,
      // A package of Python has all that it needs inside.
      searchFolders: origin === "environment" ? [root] : withItself(root, searchFolders(root)),
    })),
    python,
    owners,
    trust: new PackageTrust(owners, writersAround(core), python?.plugins),
    get passedOver() {
      return endOfSearch(folder, env, owners);
    },
  };
}

/** A root was named, or found to be one: whatever is above it, it counts. */
function withItself(root: string, searchFolders: readonly string[]): readonly string[] {
  return searchFolders[0] === root ? searchFolders : [root, ...searchFolders];
}

/**
 * The nearest of these folders that has a package.json, and the nearest from there that declares a workspace: by npm's and yarn's
 * `workspaces`, or by a pnpm-workspace.yaml.
 */
function packageAround(searchFolders: readonly string[]): {
  project: string | undefined;
  workspace: string | undefined;
} {
  const project = searchFolders.findIndex((folder) => existsSync(join(folder, "package.json")));
  if (project === -1) return { project: undefined, workspace: undefined };
  return { project: searchFolders[project], workspace: searchFolders.slice(project).find(isWorkspaceRoot) };
}

function isWorkspaceRoot(folder: string): boolean {
  if (existsSync(join(folder, "pnpm-workspace.yaml"))) return true;
  const read = readPackage(join(folder, "package.json"));
  return read?.mentions('"workspaces"') === true && "workspaces" in parseObject(read.text);
}

/**
 * The installations that a file belongs to, innermost first: the folders that own the node_modules on its path. A file on no such
 * path is in a package that is being worked on.
 */
function installationsOf(file: string, searchFolders: (folder: string) => string[]): string[] {
  const parts = file.split(sep);
  const owners = parts.flatMap((part, index) =>
    part === "node_modules" ? [parts.slice(0, index).join(sep) || sep] : [],
  );
  if (owners.length > 0) return owners.reverse();
  const { project, workspace } = packageAround(searchFolders(dirname(file)));
  return [project, workspace].filter((folder) => folder !== undefined);
}

/**
 * A path and everything that it leads to, link by link: `/usr/local/bin/mlflow-auth` says nothing of where its neighbours are,
 * and the file at the end may be in a store; a path in between has the node_modules that counts.
 */
function linkChain(path: string): string[] {
  const chain = [path];
  // More links than any system follows are a loop.
  while (chain.length < 40) {
    const last = chain.at(-1) as string;
    try {
      chain.push(resolve(dirname(last), readlinkSync(last)));
    } catch {
      break;
    }
  }
  return chain;
}
