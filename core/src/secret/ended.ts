/** A credential whose end has passed by the time that it arrives. */
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { formatDuration } from "../time/duration.js";

/** Milliseconds for which a backend that failed is left alone, doubling from the first to the longest while failures go on. */
const FIRST = 1_000;
const LONGEST = 30_000;

/** @param before the delay after the failure before; undefined for a first one */
export function nextDelay(before: number | undefined): number {
  return before === undefined ? FIRST : Math.min(before * 2, LONGEST);
}

/**
 * Two clocks that are apart look the same as a backend that hands out what has ended. Either may pass by itself.
 *
 * @param end its end, and `now`, both in milliseconds since the Unix epoch
 */
export function endedOnArrival(end: number, now: number): MlflowAuthError {
  const ago = formatDuration(Math.min(now - end, Number.MAX_SAFE_INTEGER));
  return new MlflowAuthError(
    "SECRET_EXPIRED",
    `the credential had ended ${ago} before it arrived, by this machine's clock`,
    {
      transient: true,
      remedy:
        "compare this machine's clock with that of the secret backend; if it is right, the backend hands out a credential that has ended: renew it there",
    },
  );
}
