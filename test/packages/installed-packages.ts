/** What a package manager put below a node_modules folder. */
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The names of all packages below a node_modules folder, as often as they are there; pnpm's links into its store count once. */
export function installedPackages(modules: string): string[] {
  const store = join(modules, ".pnpm");
  const places = existsSync(store) ? readdirSync(store).map((entry) => join(store, entry, "node_modules")) : [modules];
  return places.flatMap(packagesIn);
}

function packagesIn(modules: string): string[] {
  if (!existsSync(modules)) return [];
  const folders = readdirSync(modules, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith("."),
  );
  return folders.flatMap(({ name }) => {
    const inner = name.startsWith("@")
      ? readdirSync(join(modules, name), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => `${name}/${entry.name}`)
      : [name];
    return inner.flatMap((found) => [found, ...packagesIn(join(modules, found, "node_modules"))]);
  });
}

/** Bytes of all files below a folder; what is linked counts where it is. */
export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => lstatSync(join(folder, name)))
    .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);
}
