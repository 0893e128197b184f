/** The file of `proxy --token-file`. */
import { constants, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { MlflowAuthError, readSmallText, Secret } from "@mlflow-auth/core/internal";
import { createToken, tokenPattern } from "@mlflow-auth/proxy";

/** Rights with which somebody else could read or replace the token. A group may read it: that is how pods share a secret. */
const TOO_OPEN = 0o037;
const LONGEST = 1024;

/**
 * The token in a file, so that a proxy that is started again keeps its address. A new one is written where there is no file.
 *
 * @throws MlflowAuthError `USAGE` for a file that can't be used: not a regular file of this user (or root's) that others may neither
 *   read nor change, or without a token of 16 to 256 letters, digits, `-` or `_`
 */
export async function tokenFromFile(file: string): Promise<Secret> {
  const created = await createFile(file);
  if (created !== undefined) {
    const token = createToken();
    try {
      await created.writeFile(`${token.reveal()}\n`).finally(() => created.close());
    } catch (thrown) {
      // Half a token, or none, would be refused from now on.
      rmSync(file, { force: true });
      throw wrong(file, `can't be written (${(thrown as NodeJS.ErrnoException).code})`, "make room for it there");
    }
    return token;
  }
  const read = await readSmallText(file, LONGEST);
  if ("reason" in read && read.reason === "irregular") throw wrong(file, read.why, "name a regular file");
  const { stats } = read;
  if (stats === undefined) throw cantBeOpened(file, "code" in read ? read.code : undefined);
  if ((stats.mode & TOO_OPEN) !== 0) throw wrong(file, "can be read or changed by others", `chmod 600 ${file}`);
  if (stats.uid !== 0 && stats.uid !== process.getuid?.()) {
    throw wrong(file, "belongs to somebody else", "name a file of your own");
  }
  const text = "text" in read ? read.text.trim() : "";
  if (!tokenPattern.test(text)) {
    const remedy = "write 16 to 256 letters, digits, - or _ into it, or remove it and a new one is made";
    throw wrong(file, "holds no token", remedy);
  }
  return new Secret(text);
}

/** A new file that its owner alone may read; undefined if there is something of that name already. */
async function createFile(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "EEXIST") return undefined;
    throw cantBeOpened(file, code);
  }
}

function cantBeOpened(file: string, code = "unknown reason"): MlflowAuthError {
  const remedy = "check that its folder exists and that you may read and write there";
  return wrong(file, `can't be opened (${code})`, remedy);
}

function wrong(file: string, what: string, remedy: string): MlflowAuthError {
  return new MlflowAuthError("USAGE", `--token-file: ${file} ${what}`, { remedy });
}
