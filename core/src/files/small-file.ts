/**
 * Reads small files whose path comes from a person or from somebody else's package: the one place that opens such a file. What is
 * wrong with it is data, for each caller has another error to make of it.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";

/**
 * - `missing`: there is nothing of that name.
 * - `unreadable`: the system refused to open or to read it.
 * - `irregular`: a folder, a FIFO, a socket or a device, also behind a symlink.
 * - `too-large`: it has more bytes than were asked for, whatever its size was said to be.
 * - `not-utf-8`: its bytes are no text.
 */
export type SmallFileReason = "missing" | "unreadable" | "irregular" | "too-large" | "not-utf-8";

/** Why a file was not read. */
export interface SmallFileFault {
  readonly reason: SmallFileReason;
  /** Words that follow the file's name: `is not a regular file`, `can't be read (EACCES)`. They hold nothing of its content. */
  readonly why: string;
  /** Of the system, where it refused: `EACCES`. */
  readonly code?: string;
  /** Of the file that was opened, if one was. */
  readonly stats?: Stats;
}

/** A file that was read, not decoded. */
export interface SmallBytes {
  readonly bytes: Buffer;
  /** Of the file that was opened, so that nobody can exchange it between a look at it and the reading. */
  readonly stats: Stats;
}

/** A file that was read as text. */
export interface SmallText {
  /** Without a byte order mark. May be empty. */
  readonly text: string;
  /** As in {@link SmallBytes}. */
  readonly stats: Stats;
}

/**
 * Opening never waits: without O_NONBLOCK it would for the writer of a FIFO. A terminal does not become the process's own.
 * Windows has neither, and no FIFOs among its files.
 */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** Bytes to begin with for a file that claims to be empty, as those of /proc do. */
const SMALLEST_BUFFER = 4_096;

/**
 * The text of a regular file, symlinks followed.
 *
 * @param maxBytes the most that it may have
 * @returns the text, or what is wrong with the file; never throws
 */
export async function readSmallText(path: string, maxBytes: number): Promise<SmallText | SmallFileFault> {
  try {
    const handle = await open(path, FLAGS);
    try {
      const buffer = new Buffered(await handle.stat(), maxBytes);
      while (buffer.wantsMore) {
        // All of it is said: the handles of Yarn's Plug'n'Play have no defaults for it.
        const { bytesRead } = await handle.read(buffer.bytes, buffer.length, buffer.room, null);
        buffer.add(bytesRead);
      }
      return textOf(buffer.end());
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    return faultOf(thrown);
  }
}

/** {@link readSmallText} without a promise, for what is read where nobody can wait. */
export function readSmallTextSync(path: string, maxBytes: number): SmallText | SmallFileFault {
  return textOf(readSmallBytesSync(path, maxBytes));
}

/** The bytes alone: for many files of which most need no decoding. See {@link readSmallText}. */
export function readSmallBytesSync(path: string, maxBytes: number): SmallBytes | SmallFileFault {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, FLAGS);
    const buffer = new Buffered(fstatSync(descriptor), maxBytes);
    while (buffer.wantsMore) {
      buffer.add(readSync(descriptor, buffer.bytes, buffer.length, buffer.room, null));
    }
    return buffer.end();
  } catch (thrown) {
    return faultOf(thrown);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Undefined if the bytes are not UTF-8. A byte order mark is left out. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Gathers a file's bytes up to its end, and one more than are allowed at most: a file may grow while it is read. */
class Buffered {
  bytes: Buffer = Buffer.alloc(0);
  length = 0;
  wantsMore: boolean;
  readonly #stats: Stats;
  readonly #maxBytes: number;

  constructor(stats: Stats, maxBytes: number) {
    this.#stats = stats;
    this.#maxBytes = maxBytes;
    this.wantsMore = stats.isFile() && stats.size <= maxBytes;
    if (this.wantsMore) this.bytes = this.#allocate(Math.max(stats.size + 1, SMALLEST_BUFFER));
  }

  /** Bytes that there is still space for. */
  get room(): number {
    return this.bytes.length - this.length;
  }

  add(count: number): void {
    this.length += count;
    this.wantsMore = count > 0 && this.length <= this.#maxBytes;
    if (!this.wantsMore || this.length < this.bytes.length) return;
    const larger = this.#allocate(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }

  end(): SmallBytes | SmallFileFault {
    const stats = this.#stats;
    if (!stats.isFile()) return { reason: "irregular", why: "is not a regular file", stats };
    if (Math.max(stats.size, this.length) > this.#maxBytes) {
      return { reason: "too-large", why: `is larger than ${sizeInWords(this.#maxBytes)}`, stats };
    }
    return { bytes: this.bytes.subarray(0, this.length), stats };
  }

  #allocate(size: number): Buffer {
    return Buffer.allocUnsafe(Math.min(size, this.#maxBytes + 1));
  }
}

function textOf(read: SmallBytes | SmallFileFault): SmallText | SmallFileFault {
  if ("reason" in read) return read;
  const { bytes, stats } = read;
  const text = decodeText(bytes);
  return text === undefined ? { reason: "not-utf-8", why: "is not UTF-8 text", stats } : { text, stats };
}

function faultOf(thrown: unknown): SmallFileFault {
  const { code = "unknown reason" } = thrown as NodeJS.ErrnoException;
  // A folder can be opened on some systems, and not read.
  if (code === "EISDIR") return { reason: "irregular", why: "is not a regular file" };
  const reason = code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unreadable";
  return { reason, why: `can't be read (${code})`, code };
}

function sizeInWords(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  if (Number.isInteger(mebibytes)) return `${mebibytes} MiB`;
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}
