/**
 * Answers that tell of a failure which may pass by itself, and what MLflow's Python client does about them: nothing that anybody sees,
 * for minutes.
 */

/** `_TRANSIENT_FAILURE_RESPONSE_CODES` of MLflow's mlflow/utils/request_utils.py, the same in 2.22 and 3.17. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** The lowest of them: any other answer costs one comparison. */
export const FIRST_PASSING = 408;

/** Whether MLflow's clients take a status for a failure that passes, and send the request again. */
export function isPassing(status: number): boolean {
  return PASSING.has(status);
}

/** Those for which urllib3 waits as long as the answer says (`RETRY_AFTER_STATUS_CODES` of its util/retry.py). */
const WAITS_AS_TOLD: ReadonlySet<number> = new Set([429, 503]);

/**
 * What MLflow's Python client does with such an answer, as a sentence. By its defaults it sends a request again 7 times
 * (MLFLOW_HTTP_REQUEST_MAX_RETRIES), at once first and then after 4, 8, 16, 32, 64 and 120 seconds (urllib3, with
 * MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR 2 and at most 120).
 *
 * @param retryAfter the answer's Retry-After
 */
export function pythonRepeats(status: number, retryAfter?: string | string[] | undefined): string {
  const wait =
    typeof retryAfter === "string" && WAITS_AS_TOLD.has(status) ? /^\s*(\d{1,6})\s*$/.exec(retryAfter) : null;
  const howLong = wait === null ? "for about 4 minutes" : `after ${wait[1]} s each, as Retry-After says`;
  return `MLflow's Python client stands still and sends such a request up to 7 times again, ${howLong}, without a word (MLFLOW_HTTP_REQUEST_MAX_RETRIES=0 has it fail at once)`;
}

/** What to do about such an answer. */
export function remedyForPassing(status: number): string {
  if (status === 429) return "wait, or have the limit of requests raised";
  if (status === 502 || status === 504) {
    return "start MLflow, or correct its address in the proxy in front of it, which does not reach MLflow";
  }
  if (status === 503) return "wait until the server is up, or start it";
  return "see the log of MLflow, and that of the proxy in front of it if there is one";
}
