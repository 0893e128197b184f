/** What stops a command that runs until it is told to. */
import { constants } from "node:os";

/** SIGHUP is what a terminal sends as it is closed. */
const STOP = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Milliseconds between two looks at whether the parent is still there. */
const PARENT_CHECK = 500;

/** Calls `stop` at each signal that asks this process to end, in place of ending at once. @returns ends that */
export function onStop(stop: (signal: NodeJS.Signals) => void): () => void {
  // Before the listeners of plugins, which may throw.
  for (const signal of STOP) process.prependListener(signal, stop);
  return () => {
    for (const signal of STOP) process.off(signal, stop);
  };
}

/**
 * Takes it for SIGTERM when the shell ends in which npm runs what `npx` names. npm passes its signals on to that shell, which dies
 * of them and passes none on: a proxy would listen for ever, and a program run on that somebody thinks is stopped.
 *
 * @returns ends that
 */
export function onEndOfNpx(stop: (signal: "SIGTERM") => void): () => void {
  if (process.env["npm_lifecycle_event"] !== "npx") return () => undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop("SIGTERM");
  }, PARENT_CHECK).unref();
  return () => clearInterval(timer);
}

/**
 * From a signal that nobody else handles, ends the first process of a container (or of another PID namespace). Elsewhere that is
 * what the system does; there it drops such signals, and `docker stop` would wait in vain while a command starts or closes.
 *
 * @param pid default: this process's own
 */
export function endAsFirstProcess(pid = process.pid): () => void {
  if (pid !== 1) return () => undefined;
  // While a proxy runs, plugins are kept from calling them. The second is what the first ends the process by.
  const own = process as unknown as Record<"exit" | "reallyExit", (code: number) => never>;
  const { exit, reallyExit } = own;
  return onStop((signal) => {
    if (process.listenerCount(signal) > 1) return;
    own.reallyExit = reallyExit;
    exit(128 + constants.signals[signal]);
  });
}
