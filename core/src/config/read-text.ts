import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";

const MAX_BYTES = 256 * 1024;

/**
 * The text of a configuration file, without a byte order mark. All checks are made on the file that is open, so that it can't be
 * exchanged in between.
 *
 * @param options.searched found by searching, not named by the user: it must be the user's own or root's, and nobody else may
 *   be able to write it (POSIX only; for a symlink both the link and its target count)
 * @throws MlflowAuthError `CONFIG_UNREADABLE`: no regular file, no permission, empty, larger than 256 KiB, not UTF-8; `CONFIG_UNTRUSTED`
 */
export async function readConfigText(file: string, { searched }: { searched: boolean }): Promise<string> {
  // Without O_NONBLOCK, opening a FIFO would wait for a writer.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error) => {
    throw unreadable(file, `can't be read (${error.code})`);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw unreadable(file, "is no regular file");
    if (searched) checkTrust(file, await lstat(file), stats);
    if (stats.size > MAX_BYTES) throw unreadable(file, "is larger than 256 KiB");
    return await decode(file, handle);
  } finally {
    await handle.close();
  }
}

async function decode(file: string, handle: FileHandle): Promise<string> {
  const bytes = await handle.readFile().catch((error) => {
    throw unreadable(file, `can't be read (${error.code})`);
  });
  if (bytes.length > MAX_BYTES) throw unreadable(file, "is larger than 256 KiB");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(file, "is not UTF-8 text");
  }
  if (text.trim() === "") throw unreadable(file, "is empty");
  return text;
}

function unreadable(file: string, why: string): MlflowAuthError {
  return new MlflowAuthError("CONFIG_UNREADABLE", `${file} ${why}`, {
    remedy: "correct or remove it, or name another file with --config",
  });
}

function checkTrust(file: string, link: Stats, target: Stats): void {
  const uid = process.getuid?.();
  if (uid === undefined) return;
  const refuse = (why: string, remedy: string) =>
    new MlflowAuthError("CONFIG_UNTRUSTED", `${file} was found by searching and ${why}`, {
      remedy: `${remedy}, or name it with --config if you trust it`,
    });
  for (const { uid: owner } of [link, target]) {
    if (owner !== uid && owner !== 0) throw refuse("belongs to another user", "take it over (chown)");
  }
  // A group that is the user's own and only theirs is common (umask 002); any other group is other people.
  const byGroup = (target.mode & 0o020) !== 0 && target.gid !== process.getgid?.();
  if (byGroup || (target.mode & 0o002) !== 0) throw refuse("others may write it", `run: chmod go-w ${file}`);
}
