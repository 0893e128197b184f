/** An end in sight for what may never answer, and the limits in words. */

/** What `work` gives, or what `late` does if it takes longer. The work goes on, and nobody hears of its end. */
export function withTimeout<T>(milliseconds: number, work: Promise<T>, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      try {
        resolve(late());
      } catch (thrown) {
        reject(thrown);
      }
    }, milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Milliseconds as people say them, without a sign: `300 ms`, `90 s`, `5 min`, `3 h` or `4 days`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (Math.abs(milliseconds) < 1000) return `${Math.round(Math.abs(milliseconds))} ms`;
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}
