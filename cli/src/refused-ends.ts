/**
 * What a plugin could end this process with in the course of its own work, at once or with the next error: refused while a proxy runs
 * here. What it does to get around that, by code of its own below JavaScript or by a signal from another process, is not.
 */
import asyncHooks from "node:async_hooks";
import { syncBuiltinESMExports } from "node:module";

/** Who is told of what was refused, or thrown. */
export interface Tellers {
  /** @param stack where it was called */
  refused(what: string, stack: unknown): void;
  thrown(error: unknown): void;
}

type Member = "exit" | "reallyExit" | "abort" | "kill" | "setUncaughtExceptionCaptureCallback";
type Process = Record<Member, (...given: never[]) => unknown>;

const HOOKS = ["init", "before", "after", "destroy", "promiseResolve"];

/** @returns gives this program back the means to end itself; what only keeps errors from being heard stays */
export function refuseEnds({ refused, thrown }: Tellers): () => void {
  const own = process as unknown as Process;
  const { exit, reallyExit, abort, kill } = own;

  // They return, though some types say never: thrown out of a listener, an error would keep our own from being called.
  function refuse(name: Member, passes: (...given: unknown[]) => boolean = () => false): void {
    const before = own[name] as (...given: unknown[]) => unknown;
    own[name] = function refusing(...given: unknown[]) {
      if (passes(...given)) return before.apply(process, given);
      const here = { stack: "" };
      Error.captureStackTrace(here, refusing);
      const [code] = given;
      refused(`something called process.${name}(${typeof code === "number" ? code : ""}), which is not done,`, here);
      return true;
    };
  }
  refuse("exit");
  refuse("reallyExit");
  refuse("abort");
  refuse("kill", (pid, signal) => signal === 0 || !isThisProcess(Number(pid)));
  refuse("setUncaughtExceptionCaptureCallback");

  /** Where Node makes an error of its own of what is thrown: it prints it, and ends. */
  function bearing<F extends (...given: never[]) => unknown>(call: F, tell = thrown): F {
    return function (this: unknown, ...given: Parameters<F>) {
      try {
        return call.apply(this, given);
      } catch (error) {
        return tell(error);
      }
    } as F;
  }
  const { createHook } = asyncHooks;
  asyncHooks.createHook = (callbacks) => {
    const borne = { ...callbacks } as Record<string, unknown>;
    let told = false;
    // It throws wherever anything is begun, each time in another place.
    const tellOnce = (error: unknown) => {
      if (told) return;
      told = true;
      thrown(error);
    };
    for (const name of HOOKS) {
      const callback = (callbacks as Record<string, unknown>)[name];
      borne[name] = typeof callback === "function" ? bearing(callback as () => unknown, tellOnce) : callback;
    }
    return createHook(borne);
  };
  const { emit } = process;
  const borne = bearing(emit as (...given: never[]) => unknown);
  process.emit = function (this: NodeJS.Process, ...given: unknown[]) {
    return (given[0] === "uncaughtExceptionMonitor" ? borne : emit).apply(this, given as never);
  } as typeof emit;
  // For who imports them by their names.
  syncBuiltinESMExports();
  return () => Object.assign(own, { exit, reallyExit, abort, kill });
}

/** Whether a signal would reach this process: by its id, or by a group that it is in. */
function isThisProcess(pid: number): boolean {
  return [process.pid, -process.pid, 0, -1].includes(pid);
}
