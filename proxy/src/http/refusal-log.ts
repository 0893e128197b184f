/** Tells at info which requests a front refuses, and why: whoever runs it sees otherwise only that clients complain. */
import type { Logger } from "@mlflow-auth/core/internal";
import type { Refusal } from "./refusal.js";

/** To be told of each refusal. */
export type RefusalLog = (refusal: Refusal) => void;

/** Milliseconds for which the same reason is only counted: anybody could write the log full. */
const PAUSE = 60_000;
/** Reasons that are told apart. Some name what a client chose, so of more only the first ones are. */
const MOST_REASONS = 64;

/** @param now monotonic milliseconds. Default: the system's */
export function createRefusalLog(logger: Logger, now: () => number = () => performance.now()): RefusalLog {
  const told = new Map<string, { at: number; more: number }>();

  return (refusal) => {
    if (logger.isLevelEnabled?.("info") === false) return;
    const { status, message, code } = refusal;
    const before = told.get(message);
    const at = now();
    if (before !== undefined && at - before.at < PAUSE) {
      before.more++;
      return;
    }
    if (before === undefined && told.size >= MOST_REASONS) return;
    told.set(message, { at, more: 0 });
    const others = before?.more ? ` (and ${before.more} more for the same reason since this was told)` : "";
    logger.info({ status, ...(code && { code }) }, `refused a request with ${status}: ${message}${others}`);
  };
}
