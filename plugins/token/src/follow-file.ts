/**
 * Whether a file is another one than was read: replaced, written, or what a symlink leads to by now, as Kubernetes swaps `..data`. Nothing
 * watches it, so nothing has to be closed, and network file systems tell as well: it is looked at when somebody asks.
 */
import { stat } from "node:fs/promises";
import type { Clock } from "@mlflow-auth/core/plugin";

/** Milliseconds between two looks at it. */
const BETWEEN = 1_000;

/** A file that is followed. */
export interface FollowedFile {
  /** Reads it, and remembers which one that was. */
  asRead<T>(read: () => Promise<T>): Promise<T>;
  /** False at once where it was looked at less than a second ago, or there is no file. */
  hasChanged(): false | Promise<boolean>;
}

/** @param path undefined: there is no file, and nothing changes */
export function followFile(path: string | undefined, clock: Clock): FollowedFile {
  if (path === undefined) return { asRead: (read) => read(), hasChanged: () => false };
  let known: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    async asRead(read) {
      // Before it is read: one that is exchanged meanwhile then looks like another.
      known = await identityOf(path);
      lookedAt = clock.now();
      return read();
    },
    hasChanged() {
      if (known === undefined || clock.now() - lookedAt < BETWEEN) return false;
      lookedAt = clock.now();
      return identityOf(path).then((identity) => identity !== known);
    },
  };
}

/** Empty where there is none. Two of the same size may be written within a millisecond, so the times are in nanoseconds. */
async function identityOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(":");
  } catch {
    return "";
  }
}
