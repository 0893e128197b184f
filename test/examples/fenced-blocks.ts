import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The fenced blocks of a Markdown file of the repository that are in a language, in their order. */
export function fencedBlocks(file: string, language: string): string[] {
  const text = readFileSync(`${root}${file}`, "utf8");
  return Array.from(text.matchAll(/^```(\w+)\n(.*?)^```$/gms))
    .filter(([, found]) => found === language)
    .map(([, , block = ""]) => block);
}

/** Every line of its shell blocks. */
export function shellLines(file: string): string[] {
  return fencedBlocks(file, "sh").flatMap((block) => block.trim().split("\n"));
}
