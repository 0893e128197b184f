/** Ends a computation that takes too long, such as a regular expression that goes back and forth without end. */
import { Script } from "node:vm";

/** Where the script finds what to compute. */
const symbol = Symbol.for("mlflow-auth.computation");
const shared = globalThis as { [symbol]?: (() => unknown) | undefined };
let script: Script | undefined;

/** What a computation that took too long is known by. */
export class DeadlineError extends Error {}

/**
 * Computes something, and stops it in the middle if it takes longer. What it had changed by then stays changed, and no `finally` of its
 * runs: it should have nothing but its result.
 *
 * @param milliseconds of real time; the one limit that V8 has for a piece of code
 * @throws DeadlineError, and what the computation throws
 */
export function withinDeadline<T>(milliseconds: number, compute: () => T): T {
  script ??= new Script(`globalThis[Symbol.for("mlflow-auth.computation")]()`);
  const outer = shared[symbol];
  shared[symbol] = compute;
  try {
    return script.runInThisContext({ timeout: milliseconds }) as T;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw code === "ERR_SCRIPT_EXECUTION_TIMEOUT" ? new DeadlineError() : thrown;
  } finally {
    shared[symbol] = outer;
  }
}
