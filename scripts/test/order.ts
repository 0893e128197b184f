/**
 * In which order test files run: the longest first, so that no long one is left for the end, when the other lanes are idle; but of
 * those that borrow an MLflow server only a few at a time, for each server more costs five seconds of a processor.
 */
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
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...readSeconds(file), ...seconds }));
  } catch {
    // Another user's checkout: the next run goes by what was known before.
  }
}

export function longestFirst(files: readonly string[], seconds: Seconds): string[] {
  const expected = (file: string) => seconds[file] ?? GUESSES.find(([part]) => part.test(file))?.[1] ?? 0;
  return [...files].sort((a, b) => expected(b) - expected(a));
}

/** Files that mostly borrow an MLflow server (test/servers/shared). */
const BORROWS = /^test\/(e2e|examples)\/|^test\/demo\/real/;
const SERVERS = 2;

export interface Queue {
  /** The next file to run, or undefined if none is left. With its end, call {@link Queue.done}. */
  next(): string | undefined;
  done(file: string): void;
}

/** @param files in the order in which they are to run */
export function createQueue(files: readonly string[]): Queue {
  const waiting = [...files];
  let borrowing = 0;
  return {
    next() {
      const free = borrowing < SERVERS ? 0 : waiting.findIndex((file) => !BORROWS.test(file));
      // Rather than a lane that is idle, one server more.
      const [file] = waiting.splice(Math.max(free, 0), 1);
      if (file !== undefined && BORROWS.test(file)) borrowing++;
      return file;
    },
    done(file) {
      if (BORROWS.test(file)) borrowing--;
    },
  };
}
