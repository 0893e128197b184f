/**
 * The Python half of `exec`, as the one file that it puts on PYTHONPATH. The proxy looks for it beside the folder of its own code, and
 * so does the command's bundle.
 */
import { globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { makeWheel, wheelName } from "./python-wheel.ts";

const SOURCES = "proxy/python";
const BESIDE = ["proxy/wheel", "cli/wheel"];

/** The files that it is made of, from the root of the checkout, in no order. */
export function bridgeSources(checkout: string): string[] {
  return globSync(`${SOURCES}/**/*`, { cwd: checkout, exclude: ["**/__pycache__"] }).filter((path) =>
    statSync(join(checkout, path)).isFile(),
  );
}

/** Makes it of what the sources hold now. A program may import the old one meanwhile: it stays whole until the new one is. */
export function packBridge(checkout: string): void {
  const files = bridgeSources(checkout).map((path) => ({
    path: path.slice(SOURCES.length + 1).replaceAll(sep, "/"),
    bytes: readFileSync(join(checkout, path)),
  }));
  const wheel = makeWheel(files);
  const name = wheelName(files);
  for (const folder of BESIDE) {
    mkdirSync(join(checkout, folder), { recursive: true });
    const temporary = join(checkout, folder, `.${process.pid}.tmp`);
    writeFileSync(temporary, wheel);
    renameSync(temporary, join(checkout, folder, name));
    // One that had another name would be published beside it.
    for (const other of readdirSync(join(checkout, folder)))
      if (other !== name && !other.startsWith(".")) rmSync(join(checkout, folder, other));
  }
}
