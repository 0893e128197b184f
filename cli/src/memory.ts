/** Keeps the memory of the command small. For the command alone: a library must not steer the V8 of the program that it is loaded by. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes that may stream through before the buffers that held them are collected. They lie outside of V8's heap, so V8 is in no hurry. */
const STREAMED = 4 * 1024 * 1024;

/** Requests that make a burst: after fewer there is nothing to give back that would be worth a collection. */
const BURST = 1_000;

/** Milliseconds without traffic after which what a burst left behind is given back: at least these, at most twice as many. */
const CALM = 15_000;

/** V8's own function, as far as it is used here. */
export type Gc = (
  options: { readonly type: "minor" } | { readonly type: "major"; readonly flavor: "last-resort" },
) => void;

/** Calls back after some milliseconds. */
type Later = (callback: () => void, milliseconds: number) => void;

/** A program that ends need not wait for it. */
const unheeded: Later = (callback, milliseconds) => void setTimeout(callback, milliseconds).unref();

/**
 * Is told of each request (0) and of the bytes that stream through, and collects: the young generation after every 4 MiB, which takes
 * about a millisecond; and all that can be had in the calm after a burst, for V8 keeps a young generation that has grown. That also
 * drops compiled code, which the next burst makes anew, so it must not come in short pauses. Where V8 can't be asked to, all works
 * without, and takes more memory.
 */
export function createMemoryKeeper({ findGc = exposedGc, later = unheeded } = {}): (bytes: number) => void {
  let gc: Gc | undefined;
  let streamed = 0;
  let requests = 0;
  let isBusy = false;
  let isWatching = false;

  const collect: Gc = (options) => {
    // Looked for once there is something to collect, for that takes some milliseconds.
    gc ??= findGc() ?? (() => undefined);
    gc(options);
  };

  function look(): void {
    isWatching = isBusy;
    isBusy = false;
    if (isWatching) {
      later(look, CALM);
    } else {
      requests = 0;
      collect({ type: "major", flavor: "last-resort" });
    }
  }

  return (bytes) => {
    isBusy = true;
    if (bytes === 0) requests++;
    if (requests >= BURST && !isWatching) {
      isWatching = true;
      later(look, CALM);
    }
    streamed += bytes;
    if (streamed < STREAMED) return;
    streamed = 0;
    collect({ type: "minor" });
  };
}

/** The flag takes effect for contexts that are made after it, and is taken back so that no plugin meets it. */
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
