/** `npm run build:python`: makes all that is published for Python, into dist/python. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandDistribution } from "./python-command.ts";
import { makeDistributions, type Published } from "./python-distribution.ts";
import { pluginDistribution } from "./python-plugin.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A wheel and an archive of sources of each package, in memory. What they hold must have been built. */
export async function makePython(): Promise<Published[]> {
  const plugins = readdirSync(join(root, "plugins")).sort();
  const distributions = await Promise.all([
    commandDistribution(root, plugins),
    ...plugins.map((plugin) => pluginDistribution(root, plugin)),
  ]);
  return distributions.flatMap((distribution) => makeDistributions(distribution, join(root, "python")));
}

/** Writes them into a folder, which it empties first. */
export async function buildPython(folder: string): Promise<Published[]> {
  const published = await makePython();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of published) writeFileSync(join(folder, name), bytes);
  return published;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, bytes } of await buildPython(join(root, "dist", "python")))
    console.log(`${String(Math.ceil(bytes.length / 1000)).padStart(5)} KB  dist/python/${name}`);
}
