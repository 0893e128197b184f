/** From the text of a mutant to its place, and from the names of its tests to their files. */
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Fault, Mutant } from "./mutant.ts";

/** @returns the place, or why there is none, as the end of a sentence */
export function findFault(root: string, mutant: Mutant): Fault | string {
  const places: Pick<Fault, "file" | "line" | "source">[] = [];
  for (const file of filesIn(root, mutant.in)) {
    const text = readFileSync(join(root, file), "utf8");
    for (let at = text.indexOf(mutant.find); at !== -1; at = text.indexOf(mutant.find, at + 1)) {
      const source = text.slice(0, at) + mutant.replace + text.slice(at + mutant.find.length);
      places.push({ file, line: text.slice(0, at).split("\n").length, source });
    }
  }
  const [place] = places;
  if (place === undefined) return "its text is gone";
  if (places.length > 1) return `its text stands in ${places.map(({ file, line }) => `${file}:${line}`).join(" and ")}`;
  const testFiles: string[] = [];
  for (const name of mutant.tests) {
    const files = filesOfTest(root, name);
    if (files.length !== 1) return `${files.length} test files are called ${name}`;
    testFiles.push(files[0] as string);
  }
  return { ...mutant, ...place, testFiles };
}

function filesIn(root: string, path: string): string[] {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (found.isFile()) return [path];
  return globSync(`${path}/**/*.{ts,json,py}`, { cwd: root, exclude: ["**/node_modules/**", "**/dist/**"] }).sort();
}

function filesOfTest(root: string, name: string): string[] {
  const [, folder, base] = /^(.*)\/([^/]+)$/.exec(name) ?? ["", ".", name];
  const files = globSync(`${folder}/**/${base}.test.ts`, { cwd: root, exclude: ["**/node_modules/**"] });
  // `core/cache` is no test of a folder further in than core's own.
  return files.filter((file) => !file.slice((folder as string).length + 1).includes("/test/"));
}
