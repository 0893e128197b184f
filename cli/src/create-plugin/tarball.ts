/** Archives as npm and pip read them: POSIX ustar (pax(1) of IEEE Std 1003.1). The same files always give the same bytes. */
import { gzipSync } from "node:zlib";

/** A file to pack. */
export interface PackedFile {
  /** In the archive, with `/`. It has 100 bytes, or 155 more in folders. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Whether it is a program. Default: no */
  readonly runs?: boolean;
}

const BLOCK = 512;
/** Seconds since 1970 that npm gives to all files. */
const MODIFIED = 499_162_500;

/** A package in the form in which npm packs it. @throws Error for a path that is too long */
export function makeTarball(files: readonly PackedFile[]): Buffer {
  const packed = files.map((file) => ({ ...file, path: `package/${file.path}` }));
  return gzipSync(makeTar(packed, MODIFIED));
}

/**
 * @param files in the order in which they are to stand
 * @param modified when all of them were changed, in seconds since 1970
 * @throws Error for a path that is too long
 */
export function makeTar(files: readonly PackedFile[], modified: number): Buffer {
  const parts = files.flatMap((file) => [
    header(file, modified),
    file.bytes,
    Buffer.alloc((BLOCK - (file.bytes.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header({ path, bytes, runs = false }: PackedFile, modified: number): Buffer {
  const [prefix, name] = split(path);
  const block = Buffer.alloc(BLOCK);
  block.write(name);
  block.write(octal(runs ? 0o755 : 0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(bytes.length, 12), 124);
  block.write(octal(modified, 12), 136);
  // The sum counts its own place as blanks.
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\0" + "00", 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}

/** The folders that a long path begins with stand in a field of their own. */
function split(path: string): [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ["", path];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return [prefix, name];
  }
  throw new Error(`the path ${path} is too long to be packed`);
}

/** A number that fills a field of so many bytes, the zero at its end included. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}
