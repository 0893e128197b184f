/** Finds the test files that the words on the command line mean. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const PATTERNS = ["*/test/**/*.test.ts", "plugins/*/test/**/*.test.ts", "test/**/*.test.ts"];

/**
 * The test files below `root`, sorted, relative to it and with slashes.
 *
 * @param words a folder limits the choice to what is in it: it ends in a slash, or is a package's folder or name (`core`,
 *   `plugins/vault`, `@mlflow-auth/core`). Any other word limits it to the paths that contain it. Several folders add up, and so do
 *   several words. Both together mean such paths in such folders. No words mean all files.
 */
export function selectFiles(root: string, words: readonly string[]): string[] {
  const all = [...new Set(PATTERNS.flatMap((pattern) => globSync(pattern, { cwd: root })))]
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => !file.includes("node_modules/"))
    .sort();
  const packages = packageFolders(root);
  const folders: string[] = [];
  const parts: string[] = [];
  for (const word of words) {
    const folder = word.endsWith("/") ? word : packages.get(word);
    // A package without tests of its own, such as `demo`, is a word like any other.
    if (folder !== undefined && all.some((file) => file.startsWith(folder))) folders.push(folder);
    else parts.push(word);
  }
  return all.filter(
    (file) =>
      (folders.length === 0 || folders.some((folder) => file.startsWith(folder))) &&
      (parts.length === 0 || parts.some((part) => file.includes(part))),
  );
}

/** By the name of each package, and by its folder without a slash, the folder with a slash. */
function packageFolders(root: string): Map<string, string> {
  const folders = new Map<string, string>();
  for (const file of globSync(["*/package.json", "plugins/*/package.json"], { cwd: root })) {
    const folder = dirname(file).replaceAll("\\", "/");
    const { name } = JSON.parse(readFileSync(join(root, file), "utf8")) as { name: string };
    for (const word of [name, folder]) folders.set(word, `${folder}/`);
  }
  return folders;
}
