/** The package that the running command is part of: in a clone, in a project or in a global installation. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Its folder. Absolute, links resolved. */
export const ownFolder = fileURLToPath(new URL("..", import.meta.url));

/** Its version, as package.json says. */
export function ownVersion(): string {
  return JSON.parse(readFileSync(join(ownFolder, "package.json"), "utf8")).version;
}
