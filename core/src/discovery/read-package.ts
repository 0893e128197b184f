/** Reads the package.json files of packages that nobody has judged yet. */
import type { Stats } from "node:fs";
import { objectIn } from "../files/json-object.js";
import { decodeText, readSmallBytesSync } from "../files/small-file.js";

/** No package.json that anybody wrote comes near. */
export const MAX_PACKAGE_BYTES = 4 * 1024 * 1024;

/** A package.json, not parsed yet. */
export interface PackageText {
  /** Decoded when it is asked for; empty if it is not UTF-8. */
  readonly text: string;
  /** Whether it holds these words. Looking is cheaper than decoding, and most packages hold none that we look for. */
  mentions(words: string): boolean;
  /** Of the file that was read. */
  readonly stats: Stats;
}

/** A package.json as it is when it is opened; undefined if there is none, or one that is not a regular file or larger than 4 MiB. */
export function readPackage(file: string): PackageText | undefined {
  const read = readSmallBytesSync(file, MAX_PACKAGE_BYTES);
  if ("reason" in read) return undefined;
  const { bytes, stats } = read;
  return {
    get text() {
      return decodeText(bytes) ?? "";
    },
    mentions: (words) => bytes.includes(words),
    stats,
  };
}

/** A text's top-level object; an empty one where it is not JSON, or something else. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  return objectIn(text) ?? {};
}

/**
 * Whether a text may name a package: npm's characters, the capitals and the underscore of old names included. It keeps a name such as
 * `../x` from leading out of node_modules, and one with odd characters out of messages.
 */
export function isPackageName(name: unknown): name is string {
  return typeof name === "string" && name.length <= 214 && /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*$/.test(name);
}
