/**
 * The authorities that a variable of other programs names, such as REQUESTS_CA_BUNDLE: a PEM file, or a folder as c_rehash makes it, which
 * Python takes, too. It was set for those programs, so one that can't be used stops no server, of which most need it not: the
 * authorities of the system count then, and it is told.
 */
import { X509Certificate } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readSmallTextSync } from "../files/small-file.js";

/** What a variable's value comes to. */
export interface NamedAuthorities {
  /** PEM; undefined where nothing there can be used. */
  readonly pem: string | undefined;
  /** Why nothing there can be used: words that follow its path. Undefined where something can. */
  readonly why: string | undefined;
  /** Of a folder: when it was changed last. A folder of authorities has hundreds of files. */
  readonly changed?: number | undefined;
}

/** As c_rehash and `openssl rehash` call certificates: by the hash of their subject. */
const HASHED = /^[0-9a-f]{8}\.\d{1,3}$/;

/**
 * @param maxBytes of a file, and of all files of a folder
 * @param last what was read last time: a folder that is the same is not read again
 * @returns what there is; never throws
 */
export function readNamedAuthorities(path: string, maxBytes: number, last?: NamedAuthorities): NamedAuthorities {
  try {
    const { mtimeMs } = folderAt(path) ?? {};
    if (mtimeMs === undefined) return readFileOf(path, maxBytes);
    return last?.changed === mtimeMs ? last : { ...readFolder(path, maxBytes), changed: mtimeMs };
  } catch (thrown) {
    return unusable(`can't be read (${(thrown as NodeJS.ErrnoException).code ?? "unknown reason"})`);
  }
}

function folderAt(path: string) {
  const stats = statSync(path);
  return stats.isDirectory() ? stats : undefined;
}

function readFileOf(path: string, maxBytes: number): NamedAuthorities {
  const read = readSmallTextSync(path, maxBytes);
  if ("reason" in read) return unusable(read.why);
  return judged(read.text, read.text.trim() === "" ? "is empty" : "holds no certificate that can be used");
}

function readFolder(path: string, maxBytes: number): NamedAuthorities {
  const texts: string[] = [];
  let room = maxBytes;
  for (const name of readdirSync(path).sort()) {
    if (!HASHED.test(name)) continue;
    const read = readSmallTextSync(join(path, name), room);
    // One of them that can't be read is left out, as OpenSSL does.
    if ("reason" in read || judged(read.text, "").pem === undefined) continue;
    room -= read.text.length;
    texts.push(read.text);
  }
  return judged(texts.join("\n"), "is a folder without certificates that openssl rehash has named");
}

/** A context would take a text without a certificate and trust nobody. */
function judged(pem: string, otherwise: string): NamedAuthorities {
  try {
    new X509Certificate(pem);
    return { pem, why: undefined };
  } catch {
    return unusable(otherwise);
  }
}

const unusable = (why: string): NamedAuthorities => ({ pem: undefined, why });
