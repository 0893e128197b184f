/** Whose files are used without having been named. Everything here holds on POSIX systems alone: elsewhere nothing is refused. */
import type { Stats } from "node:fs";

/** Users whose files are used beside one's own and root's, by number. */
export type Owners = ReadonlySet<number>;

/** Groups whose members may write beside the owner, by number. */
export type Groups = ReadonlySet<number>;

const nobody: ReadonlySet<number> = new Set();
const ROOT = 0;
const STICKY = 0o1000;

const foreign = "belongs to another user";
const exposed = "may be written by others";

/**
 * Why a file or folder is not to be used: words that follow its name. Undefined: it is one's own, root's or one of `owners`', and
 * nobody else may write it. Of a symlink itself the owner alone counts.
 */
export function trustProblem(stats: Stats, owners: Owners = nobody, groups: Groups = nobody): string | undefined {
  if (isForeign(stats, owners)) return foreign;
  return stats.isSymbolicLink() || !isExposed(stats, owners, groups) ? undefined : exposed;
}

/**
 * The same of a folder that what is used lies further down in. Whoever may write it can exchange what it holds, but where the sticky
 * bit leaves each his own, as in `/tmp`. Whose it is does not count: home folders, mounts and the folders of CI belong to many.
 */
export function trustProblemAbove(stats: Stats, owners: Owners = nobody, groups: Groups = nobody): string | undefined {
  if (stats.isSymbolicLink()) return isForeign(stats, owners) ? foreign : undefined;
  return (stats.mode & STICKY) === 0 && isExposed(stats, owners, groups) ? exposed : undefined;
}

function isForeign({ uid }: Stats, owners: Owners): boolean {
  return uid !== ROOT && !owners.has(uid) && process.getuid !== undefined && uid !== process.getuid();
}

function isExposed(stats: Stats, owners: Owners, groups: Groups): boolean {
  // Nearly all are answered here, and asking for one's own group takes longer.
  if ((stats.mode & 0o022) === 0 || process.getuid === undefined) return false;
  const byGroup = (stats.mode & 0o020) !== 0 && !isPrivateGroup(stats, owners) && !groups.has(stats.gid);
  return byGroup || (stats.mode & 0o002) !== 0;
}

/**
 * Debian and Red Hat give each user a group of the same number that nobody else is in, and an umask that lets it write. A primary
 * group of another number, such as `users` or macOS' `staff`, may be everybody. Root's group, where one is in it oneself, is that
 * of containers which run as any user (OpenShift): what it may write belongs to whoever built the image.
 */
function isPrivateGroup({ uid, gid }: Stats, owners: Owners): boolean {
  const own = process.getgid?.();
  return (gid === ROOT && own === ROOT) || (gid === uid && (gid === own || owners.has(uid)));
}
