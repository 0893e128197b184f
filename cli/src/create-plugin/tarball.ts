/** A package in the form in which npm packs it: POSIX ustar (pax(1) of IEEE Std 1003.1), gzipped. */
import { gzipSync } from "node:zlib";

/** What a package is made of. */
export interface PackedFile {
  /** In the package, with `/`; at most 92 bytes, so that it fits into a header. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Whether it is a program. */
  readonly runs: boolean;
}

const BLOCK = 512;
/** Seconds since 1970 that npm gives to all files, so that the same package has the same bytes. */
const MODIFIED = 499_162_500;

/** @throws Error for a path that is too long */
export function makeTarball(files: readonly PackedFile[]): Buffer {
  const parts = files.flatMap((file) => [
    header(file),
    file.bytes,
    Buffer.alloc((BLOCK - (file.bytes.length % BLOCK)) % BLOCK),
  ]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]));
}

function header({ path, bytes, runs }: PackedFile): Buffer {
  const name = Buffer.from(`package/${path}`);
  if (name.length > 100) throw new Error(`the path ${path} is too long to be packed`);
  const block = Buffer.alloc(BLOCK);
  name.copy(block);
  block.write(octal(runs ? 0o755 : 0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(bytes.length, 12), 124);
  block.write(octal(MODIFIED, 12), 136);
  // The sum counts its own place as blanks.
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\0" + "00", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}

/** A number that fills a field of so many bytes, the zero at its end included. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}
