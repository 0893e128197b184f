import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { execExit } from "./exit-codes.js";
import { paint } from "./paint.js";
import { onEndOfNpx } from "./stop-signals.js";
import { whyTooLong } from "./too-long.js";

const FORWARDED = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
/** What a terminal sends to the whole foreground group, so that the program gets them without us. */
const FROM_TERMINAL = ["SIGINT", "SIGQUIT"] as const;

/** How a program ended, or that it never ran. */
export interface ChildEnd {
  /** The program's own exit code, 128 + the number of the signal that ended it, or what says why it was not started. */
  readonly code: number;
  readonly started: boolean;
}

/**
 * Said where this process ends before the program, which nothing that can be foreseen does. Its requests would only fail from then
 * on, for hours perhaps.
 */
const LEFT =
  "mlflow-auth: exec ends before the program by a fault of its own, and its proxy with it: the program gets SIGTERM\n";

/** Runs the program on our own stdin, stdout and stderr, and passes signals on to it. */
export async function runChild(command: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildEnd> {
  const [name, ...args] = command;
  // Before the program runs: a signal that comes in between would end us and leave it alone.
  let child: ChildProcess | undefined;
  const unwatch = watchSignals((signal) => child?.kill(signal));
  const leave = () => {
    if (!child?.kill("SIGTERM")) return;
    try {
      writeSync(2, LEFT);
    } catch {
      // Nobody reads it.
    }
  };
  process.on("exit", leave);
  try {
    return await new Promise<ChildEnd>((resolve) => {
      const fail = (error: Error) => resolve({ code: notStarted(command, env, error), started: false });
      try {
        child = spawn(name as string, args, { stdio: "inherit", env });
      } catch (thrown) {
        // Some failures are thrown, E2BIG among them.
        return fail(thrown as Error);
      }
      child.once("error", fail);
      child.once("exit", (code, signal) =>
        resolve({ code: signal === null ? (code as number) : 128 + constants.signals[signal], started: true }),
      );
    });
  } finally {
    unwatch();
    process.off("exit", leave);
  }
}

function watchSignals(forward: (signal: NodeJS.Signals) => void): () => void {
  const ignore = () => {};
  const onTerminal = hasTerminal() ? ignore : forward;
  // Before the listeners of plugins, which may throw.
  for (const signal of FORWARDED) process.prependListener(signal, forward);
  for (const signal of FROM_TERMINAL) process.prependListener(signal, onTerminal);
  const unwatchNpx = onEndOfNpx(forward);
  return () => {
    unwatchNpx();
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

interface Reason {
  readonly what: string;
  readonly remedy: string;
  readonly exit: number;
}

const reasons: Readonly<Record<string, Reason>> = {
  ENOENT: {
    what: "is not found",
    remedy: "check its name, and that it is on the PATH",
    exit: execExit.notFound,
  },
  EACCES: {
    what: "can't be executed",
    remedy: "check that it is a program and that you may run it",
    exit: execExit.notExecutable,
  },
};

function notStarted(
  [name, ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  { code = "unknown reason" }: NodeJS.ErrnoException,
): number {
  const tooLong = code === "E2BIG" && {
    what: whyTooLong(args, env),
    remedy: "pass fewer arguments or variables, or list fewer servers in the file: Python is told each of them",
    exit: execExit.failed,
  };
  const other = {
    what: `can't be started (${code})`,
    remedy: "check that it is a program for this machine",
    exit: execExit.failed,
  };
  const { what, remedy, exit } = tooLong || (reasons[code] ?? other);
  console.error(`${paint(process.stderr, "red", "USAGE")}: ${name} ${what}\n  Try this: ${remedy}`);
  return exit;
}
