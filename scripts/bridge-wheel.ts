/**
 * The Python half of the proxy: a wheel with the entry points, which stands on PYTHONPATH, and beside it the modules that it leads to.
 * The proxy looks for it beside the folder of its own code, and so does the command's bundle.
 */
import { globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { makeWheel, type PackedFile, wheelName } from "./python-wheel.ts";

const SOURCES = "proxy/python";
const BESIDE = ["proxy/wheel", "cli/wheel"];

/** The files that it is made of, from the root of the checkout, in no order. */
export function bridgeSources(checkout: string): string[] {
  return globSync(`${SOURCES}/**/*`, { cwd: checkout, exclude: ["**/__pycache__"] }).filter((path) =>
    statSync(join(checkout, path)).isFile(),
  );
}

/** Makes it of what the sources hold now. A program may import the old one meanwhile: each file stays whole until the new one is. */
export function packBridge(checkout: string): void {
  const files = bridgeSources(checkout).map((path) => ({
    path: relative(SOURCES, path).replaceAll(sep, "/"),
    bytes: readFileSync(join(checkout, path)),
  }));
  const inside = files.filter(({ path }) => path.startsWith("wheel/"));
  const packed = inside.map(({ path, bytes }) => ({ path: path.slice("wheel/".length), bytes }));
  const wheel = { path: wheelName(packed), bytes: makeWheel(packed) };
  const made = [wheel, ...files.filter((file) => !inside.includes(file))];
  for (const folder of BESIDE) replaceFiles(join(checkout, folder), made);
}

function replaceFiles(folder: string, made: readonly PackedFile[]): void {
  for (const { path, bytes } of made) {
    const place = join(folder, path);
    const temporary = join(dirname(place), `.${basename(place)}.${process.pid}.tmp`);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(temporary, bytes);
    renameSync(temporary, place);
  }
  // One that had another name would be published beside them.
  const names = new Set(made.map(({ path }) => join(path)));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name));
    if (entry.isFile() && !names.has(path) && !entry.name.startsWith(".")) rmSync(join(folder, path), { force: true });
  }
}
