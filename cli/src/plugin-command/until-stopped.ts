/** The end of a plugin's command: its own, or that which is made of it. */
import { syncBuiltinESMExports } from "node:module";
import {
  type ExitCode,
  framesOf,
  type InstalledCommand,
  isMlflowAuthError,
  MlflowAuthError,
  printable,
  type TellThrown,
  thrownKind,
} from "@mlflow-auth/core/internal";
import { exit } from "../exit-codes.js";
import { onStop } from "../stop-signals.js";

/** How it ended: by itself, with a code of `mlflow-auth`; or by a signal. */
export type Stop = { readonly code: number } | { readonly signal: NodeJS.Signals };

/** Whose end it is, and who hears of it. */
export interface StoppedBy {
  readonly installed: InstalledCommand;
  /** Aborted as soon as it is to end. */
  readonly ending: AbortController;
  readonly tellThrown: TellThrown;
}

/** Milliseconds that a command gets for what it has begun, once it is to end. */
const GRACE = 2_000;

/**
 * Runs a command to its end, or for a moment longer than it is asked to end: by a signal, or because nobody reads what it prints. A second
 * signal does not wait. What it leaves to nobody, in a timer or a promise, is its failure. Where it calls `process.exit`, as parsers of
 * arguments do, it has ended by itself: what is open is closed, and the code is looked at.
 *
 * @throws MlflowAuthError that names the command, for whatever went wrong
 */
export async function untilStopped(
  { installed, ending, tellThrown }: StoppedBy,
  run: () => Promise<ExitCode | undefined>,
): Promise<Stop> {
  const { promise, resolve, reject } = Promise.withResolvers<Stop>();
  let asked: Stop | undefined;

  function askToEnd(how: Stop): void {
    if (asked !== undefined) resolve(asked);
    else setTimeout(() => resolve(how), GRACE);
    asked ??= how;
    ending.abort();
  }

  const failed = (thrown: unknown) => (asked === undefined ? reject(told(thrown)) : resolve(asked));
  const told = (thrown: unknown) => {
    tellThrown(thrown, `the command ${installed.entry.name}`);
    return faultOf(thrown, installed);
  };
  const end = (code: unknown) => {
    try {
      resolve(endOf(code, asked, installed));
    } catch (thrown) {
      reject(thrown);
    }
  };
  const idle = () => reject(waitingForNothing(installed));
  const unread = () => void (asked === undefined && askToEnd({ code: exit.fine }));

  const offSignals = onStop((signal) => askToEnd({ signal }));
  // Of a rejection that nobody handles, too.
  process.setUncaughtExceptionCaptureCallback(failed);
  process.once("beforeExit", idle);
  const giveBackExit = takeExit((code) => end(code ?? process.exitCode));
  process.stdout.once("error", unread);
  run().then(end, failed);
  try {
    return await promise;
  } finally {
    // What fails from now on, while it is closed, is told to nobody; the signals are the system's again.
    giveBackExit();
    offSignals();
    process.off("beforeExit", idle);
    process.stdout.off("error", unread);
  }
}

/** Has `process.exit` do this in place of ending the process at once, and throw, for its caller does not go on. @returns gives it back */
function takeExit(end: (code: unknown) => void): () => void {
  const { exit: leave } = process;
  process.exit = (code) => {
    end(code);
    throw new Error("process.exit was called");
  };
  // For who imports it by its name.
  syncBuiltinESMExports();
  return () => {
    process.exit = leave;
    syncBuiltinESMExports();
  };
}

/** @throws MlflowAuthError `PLUGIN_RESULT` */
function endOf(code: unknown, asked: Stop | undefined, { entry, package: owner }: InstalledCommand): Stop {
  if (asked !== undefined && "signal" in asked) return asked;
  if (code === undefined) return { code: exit.fine };
  if (Object.values<unknown>(exit).includes(code)) return { code: code as ExitCode };
  const shown = typeof code === "number" ? String(code) : `something of type ${typeof code}`;
  throw new MlflowAuthError("PLUGIN_RESULT", `the command ${entry.name} of ${owner.name} ended with ${shown}`, {
    plugin: entry.name,
    remedy: `tell the author of ${owner.name}: it is one of ${Object.values(exit).join(", ")}`,
  });
}

/** An error of ours says itself what is wrong. Of anything else only the kind and the place are told: its message may quote a credential. */
function faultOf(thrown: unknown, { entry, package: owner }: InstalledCommand): MlflowAuthError {
  if (isSound(thrown)) return thrown;
  const [place] = framesOf(thrown);
  const at = place === undefined ? "" : `, at ${place}`;
  const message = `the command ${entry.name} of ${owner.name} failed with ${printable(thrownKind(thrown))}${at}`;
  return new MlflowAuthError("PLUGIN_FAILED", message, {
    plugin: entry.name,
    remedy: `tell the author of ${owner.name}; the message is withheld because it may quote a credential, and its author sees it with MLFLOW_AUTH_PLUGIN_DEBUG=1`,
  });
}

/** Recognised by a mark that anybody can set, so what counts on it is looked at, too. */
function isSound(thrown: unknown): thrown is MlflowAuthError {
  try {
    return isMlflowAuthError(thrown) && [thrown.code, thrown.message].every((text) => typeof text === "string");
  } catch {
    return false;
  }
}

function waitingForNothing({ entry, package: owner }: InstalledCommand): MlflowAuthError {
  const message = `the command ${entry.name} of ${owner.name} waits for something that never comes`;
  return new MlflowAuthError("PLUGIN_FAILED", message, {
    plugin: entry.name,
    remedy: `tell the author of ${owner.name}: a promise is awaited that nothing settles`,
  });
}
