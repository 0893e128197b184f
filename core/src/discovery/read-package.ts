import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";

/** No package.json that anybody wrote comes near. */
const MAX_PACKAGE_BYTES = 4 * 1024 * 1024;

export interface PackageText {
  /** Decoded when it is asked for. */
  readonly text: string;
  /** Whether it holds these words. Looking is cheaper than decoding, and most packages hold none that we look for. */
  mentions(words: string): boolean;
  /** Of the file that was read. */
  readonly stats: Stats;
}

/** The text of a regular file, read as it is when it is opened; undefined if there is none, or one that is larger than 4 MiB. */
export function readPackage(file: string): PackageText | undefined {
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO would wait for a writer.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > MAX_PACKAGE_BYTES) return undefined;
    const bytes = Buffer.allocUnsafe(stats.size);
    let length = 0;
    for (let more = -1; more !== 0 && length < bytes.length; length += more) {
      more = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    const read = bytes.subarray(0, length);
    return {
      get text() {
        return read.toString("utf8");
      },
      mentions: (words) => read.includes(words),
      stats,
    };
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** A text's top-level object; an empty one where it is not JSON. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
