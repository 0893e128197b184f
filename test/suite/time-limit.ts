/** A limit for each test and each hook, so that one that hangs is named in seconds and the others get their turn. */
import { leftOpen } from "./left-open.ts";

/** Where one test hung, the others of the file probably wait for the same thing: they get a part of their time, in seconds. */
const afterHang = (limit: number) => Math.min(limit, Math.max(5, limit / 6));
/** So many that hung are enough: the rest of the file is not run. */
const MOST_HANGS = 3;

// Tests may replace the global ones.
const { setTimeout, clearTimeout } = globalThis;

const DEFAULT = 30;
let asked: number | undefined;
let hangs = 0;

/**
 * Sets how many seconds a test of this file may take, for suites that give no `timeout` of their own. Call it at the top of a
 * module that the tests import, before their suites; of several calls the most patient counts.
 */
export function limitTests(seconds: number): void {
  asked = Math.max(asked ?? 0, seconds);
}

export const usualLimit = (): number => asked ?? DEFAULT;

/**
 * Runs a test within its limit, or what is left of it after others of the file hung.
 *
 * @param limit seconds; ten times that in the long form
 * @throws Error that says what is open, if it has not ended by then; it may still go on in the background
 */
export async function runTest(body: () => unknown, limit: number): Promise<void> {
  if (hangs >= MOST_HANGS) throw new Error(`not run, for ${hangs} tests before it hung`);
  const started = performance.now();
  try {
    await withinLimit(body, hangs === 0 ? limit : afterHang(limit));
  } catch (error) {
    // Some tests have shorter limits inside; one that took long to fail will not be the only one.
    if (performance.now() - started > afterHang(limit) * 900) hangs++;
    throw error;
  }
}

/** As {@link runTest}, for hooks, which run whatever happened before. */
export async function withinLimit(body: () => unknown, limit: number): Promise<void> {
  const seconds = limit * (process.env["MLFLOW_AUTH_TEST_LONG"] === "1" ? 10 : 1);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${seconds} s; open: ${leftOpen()}`)), seconds * 1000);
    // Where nothing else is open the process ends at once, and says which test it was that can't end.
    timer.unref();
  });
  try {
    await Promise.race([(async () => await body())(), late]);
  } finally {
    clearTimeout(timer);
  }
}
