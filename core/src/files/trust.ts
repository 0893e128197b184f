/** Whose files are used without having been named. Everything here holds on POSIX systems alone: elsewhere nothing is refused. */
import type { Stats } from "node:fs";

/** Users whose files are used beside one's own and root's, by number. */
export type Owners = ReadonlySet<number>;

const nobody: Owners = new Set();

/**
 * Why a file or folder is not to be used: words that follow its name. Undefined: it is one's own, root's or one of `owners`', and
 * nobody else may write it. Of a symlink itself the owner alone counts.
 */
export function trustProblem(stats: Stats, owners: Owners = nobody): string | undefined {
  const self = process.getuid?.();
  if (self === undefined) return undefined;
  const { uid, mode } = stats;
  if (uid !== self && uid !== 0 && !owners.has(uid)) return "belongs to another user";
  if (stats.isSymbolicLink()) return undefined;
  const byGroup = (mode & 0o020) !== 0 && !isPrivateGroup(stats, owners);
  return byGroup || (mode & 0o002) !== 0 ? "may be written by others" : undefined;
}

/**
 * Debian and Red Hat give each user a group of the same number that nobody else is in, and an umask that lets it write. A primary
 * group of another number, such as `users` or macOS' `staff`, may be everybody.
 */
function isPrivateGroup({ uid, gid }: Stats, owners: Owners): boolean {
  return gid === uid && (gid === process.getgid?.() || owners.has(uid));
}
