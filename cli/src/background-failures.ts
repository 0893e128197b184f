/** What is done about that for which nobody waits, while a proxy runs in this process: errors, and attempts to end it. */
import { framesOf, type Logger, showsWords, thrownKind, thrownText } from "@mlflow-auth/core/internal";
import { refuseEnds } from "./refused-ends.js";

/** Kinds of failures that are told of. A timer may throw for ever, each time in another way. */
const MOST_KINDS = 10;

/** Does something in which plugins take part: see {@link surviveBackgroundFailures}. */
export async function surviving<T>(logger: Logger, act: () => Promise<T>): Promise<T> {
  const endSurvival = surviveBackgroundFailures(logger);
  try {
    return await act();
  } finally {
    endSurvival();
  }
}

/**
 * From now on a plugin that throws in a timer, or leaves a rejection to nobody, is a warning, and so is one that calls
 * `process.exit` or something like it. Node would end this process, and print the error with a message that may quote a credential; the
 * program behind `exec` would run on without its proxy. Listeners of plugins are not asked either, for many of them end the process.
 *
 * @returns gives `process.exit` and the others back; what fails after that is still not more than a warning
 */
export function surviveBackgroundFailures(logger: Logger): () => void {
  const told = new Set<string>();
  const words = showsWords(process.env);

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
      const withheld = `${thrownKind(thrown)}, whose message is withheld because it may quote a credential,`;
      tell(`something failed with ${words ? thrownText(thrown) : withheld}`, thrown);
    } catch {
      // What is thrown here ends the process.
    }
  }

  process.setUncaughtExceptionCaptureCallback(tellThrown);
  process.on("unhandledRejection", tellThrown);

  return refuseEnds({ refused: tell, thrown: tellThrown });
}
