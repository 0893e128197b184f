import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import { execExit } from "./exit-codes.js";
import { paint } from "./paint.js";

const FORWARDED = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
/** What a terminal sends to the whole foreground group, so that the program gets them without us. */
const FROM_TERMINAL = ["SIGINT", "SIGQUIT"] as const;

export interface ChildEnd {
  /** The program's own exit code, 128 + the number of the signal that ended it, or what says why it was not started. */
  readonly code: number;
  readonly started: boolean;
}

/** Runs the program on our own stdin, stdout and stderr, and passes signals on to it. */
export async function runChild([name, ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildEnd> {
  // Before the program runs: a signal that comes in between would end us and leave it alone.
  let child: ChildProcess | undefined;
  const unwatch = watchSignals((signal) => child?.kill(signal));
  try {
    return await new Promise<ChildEnd>((resolve) => {
      child = spawn(name as string, args, { stdio: "inherit", env });
      child.once("error", (error) => resolve({ code: notStarted(name as string, error), started: false }));
      child.once("exit", (code, signal) =>
        resolve({ code: signal === null ? (code as number) : 128 + constants.signals[signal], started: true }),
      );
    });
  } finally {
    unwatch();
  }
}

function watchSignals(forward: (signal: NodeJS.Signals) => void): () => void {
  const ignore = () => {};
  const onTerminal = hasTerminal() ? ignore : forward;
  for (const signal of FORWARDED) process.on(signal, forward);
  for (const signal of FROM_TERMINAL) process.on(signal, onTerminal);
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward);
    for (const signal of FROM_TERMINAL) process.off(signal, onTerminal);
  };
}

/** Whether there is a controlling terminal, wherever stdin and stdout lead. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

function notStarted(name: string, { code }: NodeJS.ErrnoException): number {
  const missing = code === "ENOENT";
  const [what, remedy] = missing
    ? ["is not found", "check its name, and that it is on the PATH"]
    : code === "EACCES"
      ? ["can't be executed", "check that it is a program and that you may run it"]
      : [`can't be started (${code})`, "check that it is a program for this machine"];
  console.error(`${paint(process.stderr, "red", "USAGE")}: ${name} ${what}\n  Try this: ${remedy}`);
  return missing ? execExit.notFound : code === "EACCES" ? execExit.notExecutable : execExit.failed;
}
