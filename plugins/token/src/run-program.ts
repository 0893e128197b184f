/** Runs a program to its end, or to the end of our patience, and keeps what it printed. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Clock } from "@mlflow-auth/core/plugin";

/** What is run, and how far. */
export interface ProgramOptions {
  /** Absolute. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds until it is killed, on this clock. */
  readonly timeout: number;
  readonly clock: Clock;
  /** It is killed as soon as this is aborted. */
  readonly signal: AbortSignal;
}

/** How a program ended. */
export interface Ended {
  readonly stdout: string;
  /** Its end, from the beginning of a line. */
  readonly stderr: string;
  /** Undefined where a signal ended it. */
  readonly exitCode: number | undefined;
  readonly killedBy: NodeJS.Signals | undefined;
  /** Why we killed it, where we did. */
  readonly cutOff: "timeout" | "output" | "closed" | undefined;
}

/** Bytes of stdout; what prints more prints no token. */
const MOST_OUTPUT = 64 * 1024;
/** Bytes of stderr, of which the last count. */
const KEPT_ERRORS = 16 * 1024;

/**
 * It has no input, and a process group and session of its own: it can't ask on the terminal, Ctrl-C is for us to pass on, and what it
 * started is killed with it. What it leaves in the background when it ends is not waited for, though it holds its stdout.
 *
 * @throws what Node throws where nothing could be started: ENOENT for a folder that does not exist, EACCES, E2BIG
 */
export async function runProgram(options: ProgramOptions): Promise<Ended> {
  const { file, args, cwd, env, timeout, clock, signal } = options;
  if (signal.aborted) return { ...nothing, cutOff: "closed" };
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  // Before anything else: of what could not be started Node tells in the next turn, and where nobody listens that ends this process.
  const end = ended(child);
  // Without a descriptor left for them there are none.
  const { stdout, stderr } = child as { stdout?: Readable; stderr?: Readable };
  let cutOff: Ended["cutOff"];
  const cut = (why: Ended["cutOff"]) => {
    cutOff ??= why;
    killGroup(child);
  };
  const close = () => cut("closed");
  closeAtExit(close);
  signal.addEventListener("abort", close, { once: true });
  const timer = clock.setTimeout(() => cut("timeout"), timeout);
  try {
    const output = collect(stdout, MOST_OUTPUT, () => cut("output"));
    const errors = collect(stderr, KEPT_ERRORS);
    const [exitCode, killedBy] = await end;
    await drained();
    return { stdout: output(), stderr: errors(), exitCode, killedBy, cutOff };
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", close);
    running.delete(close);
    stdout?.destroy();
    stderr?.destroy();
  }
}

/** What ends each program that runs. */
const running = new Set<() => void>();
let isListening = false;

/** Whoever ends without closing us leaves nothing behind, either. One listener for all: Node warns of more than ten. */
function closeAtExit(close: () => void): void {
  running.add(close);
  if (isListening) return;
  isListening = true;
  process.once("exit", () => {
    for (const one of running) one();
  });
}

const nothing = { stdout: "", stderr: "", exitCode: undefined, killedBy: undefined };

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

function ended(child: ChildProcess): Promise<[number | undefined, NodeJS.Signals | undefined]> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, killedBy) => resolve([code ?? undefined, killedBy ?? undefined]));
  });
}

/** What it had written before its end lies in the pipe: after a turn of the event loop for input it has been read. */
async function drained(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The last bytes of a stream as text; where there were more, from the beginning of a line. */
function collect(stream: Readable | undefined, most: number, onMore?: () => void): () => string {
  let kept = Buffer.alloc(0);
  let isCut = false;
  stream?.on("data", (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    if (kept.length <= most) return;
    kept = kept.subarray(-most);
    isCut = true;
    onMore?.();
  });
  stream?.on("error", () => undefined);
  return () => {
    const text = kept.toString("utf8");
    return isCut ? text.slice(text.indexOf("\n") + 1) : text;
  };
}
