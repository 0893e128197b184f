/** Tells at info which requests a front refuses, and why: whoever runs it sees otherwise only that clients complain. */
import type { Logger } from "@mlflow-auth/core/internal";
import type { Refusal } from "./refusal.js";

/** One for all that a front refuses. */
export interface RefusalLog {
  /** To be called with each refusal. */
  tell(refusal: Refusal): void;
  /** Tells how many were only counted since. */
  end(): void;
}

/** Milliseconds for which the same reason is only counted: anybody could write the log full. */
const PAUSE = 60_000;
/** Reasons that are told apart. Some name what a client chose, so of more only the first ones are. */
const MOST_REASONS = 64;

/** @param now monotonic milliseconds. Default: the system's */
export function createRefusalLog(logger: Logger, now: () => number = () => performance.now()): RefusalLog {
  const told = new Map<string, Told>();

  return {
    tell(refusal) {
      if (logger.isLevelEnabled?.("info") === false) return;
      const { status, message, code } = refusal;
      const before = told.get(message);
      const at = now();
      if (before !== undefined && at - before.at < PAUSE) {
        before.more++;
        return;
      }
      if (before === undefined && told.size >= MOST_REASONS) return;
      told.set(message, { refusal, at, more: 0 });
      const others = before?.more ? ` (and ${before.more} more for the same reason since this was told)` : "";
      logger.info({ status, ...(code && { code }) }, `refused a request with ${status}: ${message}${others}`);
    },
    end() {
      for (const { refusal, more } of told.values()) {
        const { status, message, code } = refusal;
        if (more === 0) continue;
        const requests = more === 1 ? "1 more request" : `${more} more requests`;
        logger.info({ status, ...(code && { code }) }, `refused ${requests} with ${status}: ${message}`);
      }
      told.clear();
    },
  };
}

/** What is known of one reason. */
interface Told {
  readonly refusal: Refusal;
  /** When it was told last. */
  readonly at: number;
  /** How often it was met since. */
  more: number;
}
