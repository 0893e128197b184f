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

/** To be called before anything else runs. */
export function slowHeapGrowth(): void {
  setFlagsFromString(SLOW_GROWTH);
}

/**
 * A counter of the bytes that stream through. After every 4 MiB it has the young generation collected, which takes about a
 * millisecond. Undefined where V8 can't be asked to: all works without, and takes more memory.
 */
export function createStreamCollector(collect = minorCollection()): ((bytes: number) => void) | undefined {
  if (collect === undefined) return undefined;
  let streamed = 0;
  return (bytes) => {
    streamed += bytes;
    if (streamed < STREAMED) return;
    streamed = 0;
    collect();
  };
}

/** The flag takes effect for contexts that are made after it, and is taken back so that no program of a plugin's meets it. */
function minorCollection(): (() => void) | undefined {
  try {
    setFlagsFromString("--expose-gc");
    const gc: unknown = runInNewContext("typeof gc === 'function' ? gc : undefined");
    setFlagsFromString("--no-expose-gc");
    return typeof gc === "function" ? () => gc({ type: "minor" }) : undefined;
  } catch {
    return undefined;
  }
}
