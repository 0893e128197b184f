/** In which order test files run: the longest first, so that no long one is left for the end, when the other lanes are idle. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Seconds of each file when it ran last, by its path. */
export type Seconds = Record<string, number>;

/** Seconds of files that never ran here; of a path's entries the first counts. */
const GUESSES: [part: RegExp, seconds: number][] = [
  [/^test\/packages\//, 60],
  [/python-bridge|outage|faults/, 30],
  [/^test\/(contract|demo|e2e|examples)\//, 12],
  [/^test\//, 4],
  [/^(cli|proxy)\//, 2],
  [/./, 0.5],
];

export function readSeconds(file: string): Seconds {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Seconds;
  } catch {
    return {};
  }
}

/** Keeps what is known of the files that did not run now. */
export function keepSeconds(file: string, seconds: Seconds): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...readSeconds(file), ...seconds }));
}

export function longestFirst(files: readonly string[], seconds: Seconds): string[] {
  const expected = (file: string) => seconds[file] ?? GUESSES.find(([part]) => part.test(file))?.[1] ?? 0;
  return [...files].sort((a, b) => expected(b) - expected(a));
}
