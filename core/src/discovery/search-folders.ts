/** How far upwards packages are looked for, and whose packages are used. */
import { existsSync, lstatSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { foldersUpwards } from "../files/folders-upwards.js";
import { type Groups, type Owners, trustProblem } from "../files/trust.js";

/**
 * Why a folder is looked in: it holds the file's project or workspace, MLFLOW_AUTH_PLUGIN_ROOT names it, it is a plugin package of the
 * Python environment in which the command is installed, or the running command or core is installed there.
 */
export type Origin = "project" | "workspace" | "variable" | "environment" | "command" | "core";

/** A folder whose package.json names what is installed for it; one without package.json counts for all of its node_modules. */
export interface Root {
  readonly folder: string;
  readonly origin: Origin;
  /** It and the folders above it whose node_modules may hold what is installed for it. */
  readonly searchFolders: readonly string[];
}

/**
 * A folder and those above it in which its project, its workspace and its dependencies may be. They end where the search for the
 * file ends: at the repository's root or the home folder. Without such an end, `/tmp` or another place where anybody may put a
 * package is among them, so that only those count that nobody else can write to, up to the first that somebody can.
 */
export function searchFoldersOf(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  owners: Owners,
): string[] {
  const { folders, bounded } = foldersUpwards(folder, env);
  if (bounded) return [...folders];
  const end = folders.findIndex((candidate) => untrusted([candidate], owners) !== undefined);
  return folders.slice(0, end === -1 ? folders.length : end);
}

/** Why packages were not looked for further up, as words for a message, if there is a package.json where it ended. */
export function endOfSearch(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  owners: Owners,
): string | undefined {
  const { folders } = foldersUpwards(folder, env);
  const end = folders[searchFoldersOf(folder, env, owners).length];
  return end !== undefined && existsSync(join(end, "package.json")) ? untrusted([end], owners) : undefined;
}

/**
 * The users whose packages are used beside one's own and root's. Each of them can have code of theirs run here anyway:
 * - the owner of the file that the user named, so that root in a container can use a project that was mounted from outside
 * - the owner of the running core
 */
export function ownersOf(trustedOwner: number | undefined, core: string): Owners {
  const owners = new Set<number>();
  if (trustedOwner !== undefined) owners.add(trustedOwner);
  const running = statsOf(core, statSync);
  if (running !== undefined) owners.add(running.uid);
  return owners;
}

/**
 * The groups that may write a folder around the running core. They could exchange the core itself: with Homebrew these are the
 * administrators, in `/usr/local` of older Debians its `staff`.
 */
export function writersAround(core: string): Groups {
  const groups = new Set<number>();
  for (let folder = dirname(core); folder !== dirname(folder); folder = dirname(folder)) {
    const stats = statsOf(folder, statSync);
    if (stats !== undefined && (stats.mode & 0o020) !== 0) groups.add(stats.gid);
  }
  return groups;
}

/** Which of these files and folders is not to be used and why, as words for a message. Of a symlink, both it and its target count. */
export function untrusted(paths: Iterable<string>, owners: Owners, groups?: Groups): string | undefined {
  for (const path of paths) {
    for (const stat of [lstatSync, statSync]) {
      const stats = statsOf(path, stat);
      const reason = stats && trustProblem(stats, owners, groups);
      if (reason !== undefined) return `${path} ${reason}`;
      if (stats?.isSymbolicLink() !== true) break;
    }
  }
  return undefined;
}

function statsOf(path: string, stat: (path: string) => Stats): Stats | undefined {
  try {
    return stat(path);
  } catch {
    return undefined;
  }
}
