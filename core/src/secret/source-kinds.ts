/** The ways in which a secret field of the file can be written. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { Secret } from "./secret.js";
import type { SecretSource } from "./source.js";

const MAX_BYTES = 64 * 1024;

/** A text that is known already. */
export function textSource(text: string, origin: string): SecretSource {
  const secret = new Secret(text);
  return Object.freeze({ origin, read: async () => secret });
}

/** `{ env: NAME }`: the variable, looked up at each read. */
export function environmentSource(name: string, env: Readonly<Record<string, string | undefined>>): SecretSource {
  return Object.freeze({
    origin: `the variable ${name}`,
    variable: name,
    async read() {
      const text = env[name];
      if (text !== undefined && text.trim() !== "") return new Secret(text);
      const state = text === undefined ? "not set" : "empty";
      throw new MlflowAuthError("SECRET_SOURCE", `the variable ${name} is ${state}`, { remedy: `set ${name}` });
    },
  });
}

/** `{ file: PATH }`: a regular file after symlinks, read again each time, white space around the text removed. */
export function fileSource(path: string): SecretSource {
  return Object.freeze({ origin: `the file ${path}`, read: async () => new Secret(await readSecretText(path)) });
}

async function readSecretText(path: string): Promise<string> {
  const refused = (why: string, remedy = "name a regular file that holds the credential alone") =>
    new MlflowAuthError("SECRET_SOURCE", `the file ${path} ${why}`, { remedy });
  const unreadable = ({ code }: NodeJS.ErrnoException) =>
    refused(`can't be read (${code})`, `check that ${path} exists and may be read`);

  // Without O_NONBLOCK, opening a FIFO would wait for a writer.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error) => {
    throw unreadable(error);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw refused("is no regular file");
    if (stats.size > MAX_BYTES) throw refused("is larger than 64 KiB");
    const bytes = await handle.readFile().catch((error) => {
      throw unreadable(error);
    });
    if (bytes.length > MAX_BYTES) throw refused("is larger than 64 KiB");
    const text = decode(bytes)?.trim();
    if (text === undefined) throw refused("is not UTF-8 text");
    if (text === "") throw refused("is empty", `write the credential into ${path}`);
    return text;
  } finally {
    await handle.close();
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
