/** What a plugin threw, for the plugin's author: never in an error, which goes to clients, but in the log. */
import { framesOf } from "../errors/frames.js";
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import { printable, thrownKind } from "../errors/printable.js";
import type { Logger } from "../provider/context.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** Logs what somebody's code threw. @param whose as in `plugin team` */
export type TellThrown = (thrown: unknown, whose: string) => void;

/** Characters of a message. */
const MOST_WORDS = 2_000;
/** Errors that are told of one: it, and what caused it. */
const MOST_CAUSES = 4;

/** Whether `MLFLOW_AUTH_PLUGIN_DEBUG=1` asks for the words themselves, which may quote a credential. */
export function showsWords(env: Environment): boolean {
  return env["MLFLOW_AUTH_PLUGIN_DEBUG"]?.trim() === "1";
}

/**
 * At debug it tells the class and the places in the code; with `MLFLOW_AUTH_PLUGIN_DEBUG=1` a warning has the words as well. The same error
 * is told once, and one of ours, which has its message printed anyway, not at all.
 */
export function createTellThrown(logger: Logger, env: Environment): TellThrown {
  const words = showsWords(env);
  const level = words ? "warn" : "debug";
  const told = new WeakSet<object>();
  return (thrown, whose) => {
    if (logger.isLevelEnabled?.(level) === false) return;
    try {
      if (isMlflowAuthError(thrown)) return;
      if (typeof thrown === "object" && thrown !== null) {
        if (told.has(thrown)) return;
        told.add(thrown);
      }
      const text = words ? thrownText(thrown) : causesOf(thrown).map(thrownKind).join(", caused by ");
      const frames = framesOf(thrown);
      const at = frames.length === 0 ? "" : `, at ${frames.join(" < ")}`;
      logger[level]({}, `${whose} threw ${printable(text)}${at}`);
    } catch {
      // An error that can't be read is known by that alone, which its own message says.
    }
  };
}

/** The class and the words of an error and of what caused it: only for who has asked for them. */
export function thrownText(thrown: unknown): string {
  const texts = causesOf(thrown).map((error) => {
    const { message } = Object(error) as { message?: unknown };
    const words = typeof message === "string" ? message : typeof error === "string" ? error : "";
    return words === "" ? thrownKind(error) : `${thrownKind(error)}: ${printable(words.slice(0, MOST_WORDS))}`;
  });
  return texts.join(", caused by ");
}

function causesOf(thrown: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let error = thrown; error !== undefined && causes.length < MOST_CAUSES; ) {
    if (causes.includes(error)) break;
    causes.push(error);
    error = (Object(error) as { cause?: unknown }).cause;
  }
  return causes;
}
