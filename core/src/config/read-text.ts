import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { trustProblem } from "../files/trust.js";

const MAX_BYTES = 256 * 1024;

export interface ConfigText {
  /** Without a byte order mark. */
  readonly text: string;
  /** The number of the user whose file it is. */
  readonly owner: number;
}

/**
 * Reads a configuration file. All checks are made on the file that is open, so that it can't be
 * exchanged in between.
 *
 * @param options.searched found by searching, not named by the user: it must be the user's own or root's, and nobody else may
 *   be able to write it (POSIX only; for a symlink both the link and its target count). A group may write it that is the user's
 *   own by the convention of Debian and Red Hat: its number is the user's
 * @param options.nameWith how the user can name another file
 * @throws MlflowAuthError `CONFIG_UNREADABLE`: no regular file, no permission, empty, larger than 256 KiB, not UTF-8; `CONFIG_UNTRUSTED`
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
  // Without O_NONBLOCK, opening a FIFO would wait for a writer.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error) => {
    throw unreadable(`can't be read (${error.code})`);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw unreadable("is no regular file");
    if (searched) checkTrust(file, await lstat(file), stats, nameWith);
    if (stats.size > MAX_BYTES) throw unreadable("is larger than 256 KiB");
    return { text: await decode(handle, unreadable), owner: stats.uid };
  } finally {
    await handle.close();
  }
}

async function decode(handle: FileHandle, unreadable: (why: string) => MlflowAuthError): Promise<string> {
  const bytes = await handle.readFile().catch((error) => {
    throw unreadable(`can't be read (${error.code})`);
  });
  if (bytes.length > MAX_BYTES) throw unreadable("is larger than 256 KiB");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unreadable("is not UTF-8 text");
  }
  if (text.trim() === "") throw unreadable("is empty");
  return text;
}

function checkTrust(file: string, link: Stats, target: Stats, nameWith: string): void {
  const reason = trustProblem(link) ?? trustProblem(target);
  if (reason === undefined) return;
  throw new MlflowAuthError("CONFIG_UNTRUSTED", `${file} was found by searching and ${reason}`, {
    remedy: `take it over (chown) and let nobody else write it (chmod go-w), or name it with ${nameWith} if you trust it`,
  });
}
