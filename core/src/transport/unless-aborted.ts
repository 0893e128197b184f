/** Waiting on behalf of a client that may give up meanwhile. */

/** What undici takes as `signal`. */
export type Signal = AbortSignal | NodeJS.EventEmitter | null | undefined;

/**
 * The value, or a rejection with the signal's reason as soon as it comes: nobody waits for a credential, or a signature, of a request
 * that is given up.
 */
export function unlessAborted<T>(value: Promise<T>, signal: Signal): Promise<T> {
  if (signal === null || signal === undefined) return value;
  return new Promise((resolve, reject) => {
    const aborted = () =>
      reject((signal as AbortSignal).reason ?? new DOMException("This operation was aborted", "AbortError"));
    if ((signal as AbortSignal).aborted) return aborted();
    const isTarget = "addEventListener" in signal;
    if (isTarget) signal.addEventListener("abort", aborted, { once: true });
    else signal.once("abort", aborted);
    const done = () => void (isTarget ? signal.removeEventListener("abort", aborted) : signal.off("abort", aborted));
    value.then(resolve, reject).finally(done);
  });
}
