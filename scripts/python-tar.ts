/** A tar archive, in the form ustar (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html). The same files always give the same bytes. */
import type { PackedFile } from "./python-wheel.ts";

const BLOCK = 512;
/** 1980-01-01, the first day that ZIP archives have, for a wheel is made of what this one holds. Seconds since 1970. */
const TIME = 315_532_800;

/** @param files in any order */
export function makeTar(files: readonly PackedFile[]): Buffer {
  const blocks = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap(({ path, bytes }) => [header(path, bytes.length), bytes, Buffer.alloc(-bytes.length & (BLOCK - 1))]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const [prefix, name] = split(path);
  block.write(name, 0);
  block.write("0000644\0", 100);
  for (const at of [108, 116]) block.write("0000000\0", at);
  block.write(`${octal(size)}\0${octal(TIME)}\0        0`, 124);
  block.write("ustar\x0000", 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function octal(value: number): string {
  return value.toString(8).padStart(11, "0");
}

/** @throws Error for one that is too long for the format, or has other letters than ASCII's */
function split(path: string): [prefix: string, name: string] {
  if (path.length <= 100) return ["", path];
  const at = path.indexOf("/", path.length - 101);
  if (at === -1 || at > 155) throw new Error(`${path} is too long for a tar archive`);
  return [path.slice(0, at), path.slice(at + 1)];
}
