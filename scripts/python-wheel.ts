/**
 * Packs files into a wheel. It takes no Python to make, and the same sources always give the same bytes.
 *
 * One is the Python half of `exec`, of which Python imports the modules and MLflow reads the entry points. Its name is that of a wheel,
 * for pip passes over wheels on the search path: `pip freeze` under `exec` lists what it lists without. That is all that it has of a
 * wheel, since without RECORD nobody can install it, and no module counts as one that a model requires. Those that people install are
 * made in python-distribution.ts.
 */
import { crc32, deflateRawSync } from "node:zlib";

/** A file to pack. */
export interface PackedFile {
  /** Within the wheel, with `/`. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** The name of the wheel, from the folder with METADATA. @throws Error if there is not exactly one `.dist-info` */
export function wheelName(files: readonly PackedFile[]): string {
  const names = new Set(files.flatMap(({ path }) => /^([^/]+)\.dist-info\//.exec(path)?.[1] ?? []));
  const [name] = names;
  if (name === undefined || names.size > 1) throw new Error("a wheel has exactly one .dist-info");
  return `${name}-py3-none-any.whl`;
}

/**
 * A ZIP archive of files, as https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT has it in 4.3.7, 4.3.12 and 4.3.16.
 *
 * @param files in any order, of 4 GiB together at most
 * @param compressed default: no, so that Python needs no zlib to import from it, and npm compresses it
 */
export function makeWheel(files: readonly PackedFile[], { compressed = false } = {}): Buffer {
  const contents: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, bytes } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const name = Buffer.from(path);
    const packed = compressed ? deflateRawSync(bytes, { level: 9 }) : bytes;
    const header = commonHeader(bytes, packed, compressed, name);
    const file = Buffer.concat([u32(0x04034b50), header, name, packed]);
    directory.push(u32(0x02014b50), u16(20), header, u16(0, 0, 0), u32(0, offset), name);
    contents.push(file);
    offset += file.length;
  }
  const { length } = Buffer.concat(directory);
  const count = files.length;
  return Buffer.concat([
    ...contents,
    ...directory,
    u32(0x06054b50),
    u16(0, 0, count, count),
    u32(length, offset),
    u16(0),
  ]);
}

/** What a file's own header and its place in the directory both have. */
function commonHeader(bytes: Buffer, packed: Buffer, compressed: boolean, name: Buffer): Buffer {
  // Version 2.0, UTF-8, deflated or stored, and 1980-01-01, the first day that there is.
  const fixed = u16(20, 0x0800, compressed ? 8 : 0, 0, 0x21);
  return Buffer.concat([fixed, u32(crc32(bytes), packed.length, bytes.length), u16(name.length, 0)]);
}

function u16(...values: number[]): Buffer {
  const buffer = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt16LE(value, 2 * index);
  return buffer;
}

function u32(...values: number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, 4 * index);
  return buffer;
}
