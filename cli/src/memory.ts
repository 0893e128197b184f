/** Keeps the memory of the command small. For the command alone: a library must not change the V8 of the program that it is loaded by. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Keeps V8's young generation at its size. A transfer would make it grow, and collections rarer; what they free would wait longer. */
export const SLOW_GROWTH = "--semi-space-growth-factor=1";

/** Bytes that may stream through before the buffers that held them are collected. They lie outside of V8's heap, so V8 is in no hurry. */
const STREAMED = 4 * 1024 * 1024;

/** To be called once the start is over: during it, more collections cost 12 ms of CPU time and save nothing. */
export function slowHeapGrowth(): void {
  setFlagsFromString(SLOW_GROWTH);
}

/**
 * A counter of the bytes that stream through. After every 4 MiB it has the young generation collected, which takes about a
 * millisecond. Where V8 can't be asked to, all works without, and takes more memory.
 */
export function createStreamCollector(findGc = exposedGc): (bytes: number) => void {
  let streamed = 0;
  let gc: Gc | undefined;
  return (bytes) => {
    streamed += bytes;
    if (streamed < STREAMED) return;
    streamed = 0;
    // Looked for once there is something to collect, for that takes some milliseconds.
    gc ??= findGc() ?? (() => undefined);
    gc({ type: "minor" });
  };
}

type Gc = (options: { readonly type: "minor" }) => void;

/** V8's own function. The flag takes effect for contexts that are made after it, and is taken back so that no plugin meets it. */
function exposedGc(): Gc | undefined {
  try {
    setFlagsFromString("--expose-gc");
    const gc: unknown = runInNewContext("typeof gc === 'function' ? gc : undefined");
    setFlagsFromString("--no-expose-gc");
    return typeof gc === "function" ? (gc as Gc) : undefined;
  } catch {
    return undefined;
  }
}
