import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Folders from one upwards. */
export interface FoldersUpwards {
  /** The folder itself first. */
  readonly folders: readonly string[];
  /** Whether they end with a repository's root or the home folder. Otherwise they go up to `/`, where others may have folders, too. */
  readonly bounded: boolean;
}

/** A folder and those above it, to the first with `.git` or to the home folder, whichever comes first, itself included. */
export function foldersUpwards(folder: string, env: Readonly<Record<string, string | undefined>>): FoldersUpwards {
  const home = env["HOME"] || homeOfUser();
  const homes = home === undefined ? [] : [resolve(folder, home), real(resolve(folder, home))];
  const folders: string[] = [];
  for (let current = resolve(folder); ; current = dirname(current)) {
    folders.push(current);
    if (current === dirname(current)) return { folders, bounded: false };
    if (homes.includes(current) || homes.includes(real(current)) || existsSync(join(current, ".git"))) {
      return { folders, bounded: true };
    }
  }
}

/** Of this process's user. Undefined where HOME is not set and the user has no account, as in containers with a number for a user. */
export function homeOfUser(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
