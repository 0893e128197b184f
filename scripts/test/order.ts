/**
 * The order in which test files run: the longest first, so that no long one is left for the end, when the other lanes are idle. But
 * only a few that borrow an MLflow server run at a time, for each further server costs five seconds of a processor.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Seconds that each file took when it last ran, by its path. */
export type Seconds = Record<string, number>;

/** Seconds of files that never ran here. The first entry that fits a path counts. */
const GUESSES: [part: RegExp, seconds: number][] = [
  [/^test\/(packages|e2e\/no-wrapper)\//, 60],
  [/python-bridge|outage|faults/, 30],
  [/^test\/(contract|demo|e2e|examples)\//, 12],
  [/^test\//, 4],
  [/^(cli|proxy)\//, 2],
  [/./, 0.5],
];

/** What is known from earlier runs; nothing if the file can't be read. */
export function readSeconds(file: string): Seconds {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Seconds;
  } catch {
    return {};
  }
}

/** Adds the seconds of this run to those of earlier ones. */
export function keepSeconds(file: string, seconds: Seconds): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...readSeconds(file), ...seconds }));
  } catch {
    // The checkout is another user's. The next run goes by what was known before.
  }
}

/** The same files, sorted by the seconds that they are expected to take. */
export function longestFirst(files: readonly string[], seconds: Seconds): string[] {
  const expected = (file: string) => seconds[file] ?? GUESSES.find(([part]) => part.test(file))?.[1] ?? 0;
  return [...files].sort((a, b) => expected(b) - expected(a));
}

/** Files most of which borrow an MLflow server (test/servers/shared). */
const BORROWS = /^test\/(e2e|examples)\/|^test\/demo\/real/;
/** How many of those run at once, as long as there are others to run. */
const SERVERS = 2;

/** The files that still have to run. */
export interface Queue {
  /** The next file to run, or undefined if none is left. When it has ended, call {@link Queue.done}. */
  next(): string | undefined;
  /** Tells that a file has ended. */
  done(file: string): void;
}

/** A queue with all files in it. @param files in the order in which they are to run */
export function createQueue(files: readonly string[]): Queue {
  const waiting = [...files];
  let borrowing = 0;
  return {
    next() {
      const free = borrowing < SERVERS ? 0 : waiting.findIndex((file) => !BORROWS.test(file));
      // One more server is better than an idle lane.
      const [file] = waiting.splice(Math.max(free, 0), 1);
      if (file !== undefined && BORROWS.test(file)) borrowing++;
      return file;
    },
    done(file) {
      if (BORROWS.test(file)) borrowing--;
    },
  };
}
