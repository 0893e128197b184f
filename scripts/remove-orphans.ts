/** Removes from dist what was compiled from sources that are gone. The compiler leaves it there, and all of dist is published. */
import { existsSync, globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

for (const dist of globSync(["*/dist", "plugins/*/dist"], { cwd: root })) {
  for (const path of globSync("**/*.{js,js.map,d.ts}", { cwd: join(root, dist) })) {
    const module = path.replace(/\.(js|js\.map|d\.ts)$/, "");
    if (!existsSync(join(root, dist, "..", "src", `${module}.ts`))) rmSync(join(root, dist, path));
  }
}
