/** What this program prints, and its end. */
import { constants } from "node:os";
import { exit } from "./exit-codes.js";
import { writeOut } from "./print.js";

/** Milliseconds. */
const SIGNAL_TAKES = 100;

/** Why a stream could not be written, where it could not. */
const faults = new WeakMap<NodeJS.WriteStream, NodeJS.ErrnoException>();

/**
 * Keeps the program from being ended by what it can't print: nobody may read it any more, or the disk may be full. What it was
 * started for goes on, and {@link endWith} says what became of it.
 */
export function bearLostOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (fault: NodeJS.ErrnoException) => {
      if (!faults.has(stream)) faults.set(stream, fault);
    });
  }
}

/**
 * Why stdout can't be written, once all that was printed is out; undefined if it can.
 *
 * @returns a code of the system: `EPIPE` where its reader has gone
 */
export async function lostOutput(): Promise<string | undefined> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
  const fault = faults.get(process.stdout);
  return fault && (fault.code ?? "unknown reason");
}

/**
 * Ends this program once all that it has printed is out. It does not wait for anything else: a plugin that hangs may hold a timer
 * or a connection for good. A success is none where its result could not be printed, but a reader that has read enough
 * (`mlflow-auth … | head`) is no fault.
 */
export async function endWith(code: number): Promise<never> {
  const lost = await lostOutput();
  if (lost === undefined || lost === "EPIPE") return end(code);
  const { reportLostOutput } = await import("./report-failure.js");
  const own = reportLostOutput(lost);
  return end(code === exit.fine ? own : code);
}

/**
 * The same, by a signal that asked for it: whoever started this program sees that it ended by that. Where the system keeps a process
 * from it, as it does the first of a container, with 128 + its number.
 */
export async function endBySignal(signal: NodeJS.Signals): Promise<never> {
  await lostOutput();
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // The signal comes in a moment, or not at all.
  await new Promise((resolve) => setTimeout(resolve, SIGNAL_TAKES));
  return end(128 + constants.signals[signal]);
}

/**
 * Lets plugins clean up as the process ends, and no more: one that throws then would have its message printed, which may quote a
 * credential, and like one that gives a code of its own it would hide how the program ended.
 */
function end(code: number): never {
  const own = process as unknown as Record<(typeof ENDS)[number], (code: number) => unknown>;
  const ends = Object.fromEntries(ENDS.map((name) => [name, own[name]]));
  for (const name of ENDS) own[name] = () => undefined;
  for (const listener of process.rawListeners("exit")) {
    try {
      listener.call(process, code);
    } catch {
      // Nobody can do anything about it any more.
    }
  }
  process.removeAllListeners("exit");
  Object.assign(own, ends);
  return process.exit(code);
}

/** By what a plugin could end the process. The second is what the first ends it by. */
const ENDS = ["exit", "reallyExit", "abort"] as const;

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // What failed just now is told in the next turn.
    if (stream.writableLength === 0) return void setImmediate(resolve);
    // Whoever read it may be gone.
    stream.once("error", () => resolve());
    if (stream === process.stdout) writeOut("", resolve);
    else stream.write("", () => resolve());
  });
}
