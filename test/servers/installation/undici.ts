import { join } from "node:path";
import type { Artefact } from "./artefact.ts";
import { progress, run } from "./run.ts";

/** Older releases of undici that programs still bring along: their name in a program, and the package. */
const releases = { "undici-6": "undici@6.29.1", "undici-7": "undici@7.30.2" } as const;

/** All of them in one folder. */
export const undici: Artefact = {
  name: "undici",
  versionFiles: [],
  versions: Object.values(releases),
  build: (folder) =>
    progress("Installing undici 6 and 7 for the tests", async () => {
      const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
      const packages = Object.entries(releases).map(([name, wanted]) => `${name}@npm:${wanted}`);
      await run("npm", ["install", "--prefix", folder, ...options, ...packages], { cwd: folder });
    }),
};

/** Where one of them is. */
export function undiciFolder(folder: string, name: keyof typeof releases): string {
  return join(folder, "node_modules", name);
}
