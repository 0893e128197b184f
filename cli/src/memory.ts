/** Keeps the memory of the command small. For the command alone: a library must not change the V8 of the program that it is loaded by. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * By how much V8 lets the young generation grow each time that it does: not at all. Otherwise a transfer makes it grow, for good,
 * and each piece of a body lies in memory until the next, ever later collection.
 */
export const SLOW_GROWTH = "--semi-space-growth-factor=1";

/** Bytes that may stream through before the buffers that held them are collected: each lies outside of V8's heap, which so does not notice. */
const STREAMED = 4 * 1024 * 1024;

/** To be called once the start is over, in which a small young generation would only be collected more often: 12 ms of CPU time. */
export function slowHeapGrowth(): void {
  setFlagsFromString(SLOW_GROWTH);
}

/**
 * A counter of the bytes that stream through. After every 4 MiB it has the young generation collected, which takes about a
 * millisecond. Where V8 can't be asked to, all works without, and takes more memory.
 */
export function createStreamCollector(findGc = exposedGc): (bytes: number) => void {
  let streamed = 0;
  let gc: ReturnType<typeof exposedGc>;
  return (bytes) => {
    streamed += bytes;
    if (streamed < STREAMED) return;
    streamed = 0;
    // Looked for once there is something to collect, for that takes some milliseconds.
    gc ??= findGc() ?? (() => undefined);
    gc({ type: "minor" });
  };
}

/** V8's own function. The flag takes effect for contexts that are made after it, and is taken back so that no plugin's program meets it. */
function exposedGc(): ((options: { type: string; flavor?: string }) => void) | undefined {
  try {
    setFlagsFromString("--expose-gc");
    const gc: unknown = runInNewContext("typeof gc === 'function' ? gc : undefined");
    setFlagsFromString("--no-expose-gc");
    return typeof gc === "function" ? (gc as ReturnType<typeof exposedGc>) : undefined;
  } catch {
    return undefined;
  }
}
