/** What is done about that for which nobody waits, while a proxy runs in this process: errors, and attempts to end it. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Logger, printable, thrownKind } from "@mlflow-auth/core/internal";
import { refuseEnds } from "./refused-ends.js";

/** Kinds of failures that are told of. A timer may throw for ever, each time in another way. */
const MOST_KINDS = 10;

/** Places in the code that a line names: that of the failure, and those that led to it. */
const MOST_FRAMES = 5;

const FRAME = /^\s+at .*?\(?((?:file:\/\/)?\/[^()]*?):(\d+:\d+)\)?$/;

/**
 * From now on a plugin that throws in a timer, or leaves a rejection to nobody, is a warning, and so is one that calls
 * `process.exit` or something like it. Node would end this process, and print the error with a message that may quote a credential; the
 * program behind `exec` would run on without its proxy. Listeners of plugins are not asked either, for many of them end the process.
 *
 * @returns gives `process.exit` and the others back; what fails after that is still not more than a warning
 */
export function surviveBackgroundFailures(logger: Logger): () => void {
  const told = new Set<string>();

  function tell(what: string, stack: unknown): void {
    const frames = framesOf(stack);
    const place = frames.length === 0 ? "" : `, at ${frames.join(" < ")}`;
    if (told.has(what + place) || told.size === MOST_KINDS) return;
    told.add(what + place);
    const whose = "where nobody waits for it, most likely a plugin in the background";
    logger.warn({ code: "PLUGIN_FAILED" }, `${what} ${whose}${place}`);
  }

  function tellThrown(thrown: unknown): void {
    try {
      tell(
        `something failed with ${thrownKind(thrown)}, whose message is withheld because it may quote a credential,`,
        thrown,
      );
    } catch {
      // What is thrown here ends the process.
    }
  }

  process.setUncaughtExceptionCaptureCallback(tellThrown);
  process.on("unhandledRejection", tellThrown);

  return refuseEnds({ refused: tell, thrown: tellThrown });
}

/**
 * Where an error was made, as `FILE:LINE:COLUMN`, the innermost first. A message may hold line breaks, and what looks like a frame:
 * only files that exist are named.
 */
export function framesOf(thrown: unknown): string[] {
  const stack = stackOf(thrown);
  if (stack === undefined) return [];
  const frames: string[] = [];
  for (const line of stack.split("\n")) {
    const [, where = "", position = ""] = FRAME.exec(line) ?? [];
    const file = where.startsWith("file://") ? fileURLToPath(where) : where;
    if (file !== "" && existsSync(file) && frames.length < MOST_FRAMES) frames.push(`${printable(file)}:${position}`);
  }
  return frames;
}

function stackOf(thrown: unknown): string | undefined {
  try {
    const { stack } = Object(thrown) as { stack?: unknown };
    return typeof stack === "string" ? stack : undefined;
  } catch {
    return undefined;
  }
}
