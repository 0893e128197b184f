import type { Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { readSmallText } from "../files/small-file.js";
import { trustProblem } from "../files/trust.js";

/** No configuration file that anybody wrote comes near. */
export const MAX_CONFIG_BYTES = 256 * 1024;

/** The text of a configuration file, and whose it is. */
export interface ConfigText {
  /** Without a byte order mark. */
  readonly text: string;
  /** The number of the user whose file it is. */
  readonly owner: number;
}

/**
 * Reads a configuration file. All checks are made on the file that is open, so that it can't be exchanged in between.
 *
 * @param options.searched found by searching, not named by the user: it must be the user's own or root's, and nobody else may
 *   be able to write it (POSIX only; for a symlink both the link and its target count). A group may write it that is the user's
 *   own by the convention of Debian and Red Hat: its number is the user's
 * @param options.nameWith how the user can name another file
 * @throws MlflowAuthError `CONFIG_UNREADABLE`: not a regular file, no permission, empty, larger than 256 KiB, not UTF-8; `CONFIG_UNTRUSTED`
 */
export async function readConfigText(
  file: string,
  options: { searched: boolean; nameWith: string },
): Promise<ConfigText> {
  const { searched, nameWith } = options;
  const unreadable = (why: string) =>
    new MlflowAuthError("CONFIG_UNREADABLE", `${file} ${why}`, {
      remedy: `correct or remove it, or name another file with ${nameWith}`,
    });
  const read = await readSmallText(file, MAX_CONFIG_BYTES);
  // Whose file it is comes first: what somebody else put there is not worth correcting.
  if (searched && read.stats?.isFile()) checkTrust(file, await lstat(file), read.stats, nameWith);
  if ("reason" in read) throw unreadable(read.why);
  if (read.text.trim() === "") throw unreadable("is empty");
  return { text: read.text, owner: read.stats.uid };
}

function checkTrust(file: string, link: Stats, target: Stats, nameWith: string): void {
  const reason = trustProblem(link) ?? trustProblem(target);
  if (reason === undefined) return;
  throw new MlflowAuthError("CONFIG_UNTRUSTED", `${file} was found by searching and ${reason}`, {
    remedy: `take it over (chown) and let nobody else write it (chmod go-w), or name it with ${nameWith} if you trust it`,
  });
}
