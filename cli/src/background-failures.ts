/** What is done about errors that nobody waits for, while a proxy runs in this process. */
import { type Logger, thrownKind } from "@mlflow-auth/core/internal";

/** Kinds of errors that are told of. A timer may throw for ever, and a warning that can't be written is an error, too. */
const MOST_KINDS = 10;

/**
 * From now on a plugin that throws in a timer, or leaves a rejection to nobody, is a warning. Node would end this process, and print
 * the error with a message that may quote a credential; the program behind `exec` would run on without its proxy.
 *
 * @returns ends it
 */
export function surviveBackgroundFailures(logger: Logger): () => void {
  const told = new Set<string>();

  // Rejections come here, too.
  function tell(thrown: unknown): void {
    const kind = thrownKind(thrown);
    if (told.has(kind) || told.size === MOST_KINDS) return;
    told.add(kind);
    const message = `something failed with ${kind} where nobody waits for it, most likely a plugin in the background; its message is withheld because it may quote a credential`;
    logger.warn({ code: "PLUGIN_FAILED" }, message);
  }

  process.on("uncaughtException", tell);
  return () => void process.off("uncaughtException", tell);
}
