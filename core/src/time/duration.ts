/** Durations as the file and people write them. In code they are milliseconds throughout. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const units: Record<string, number> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR };

/** The schema carries the same pattern. */
const durationPattern = /^(\d{1,9})(ms|s|m|h)$/;

/** Milliseconds in a duration such as `500ms`, `30s`, `5m` or `1h`; undefined if it is not one. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * (units[match[2] as string] as number);
}

/**
 * A duration for a message, in the unit that leaves at most three digits: `350 ms`, `90 s`, `10 min`, `3 h`, `4 days`. Rounded to
 * whole units. A negative one is told by its length alone: which way it goes is for the sentence around it to say.
 *
 * @param milliseconds finite
 */
export function formatDuration(milliseconds: number): string {
  const length = Math.round(Math.abs(milliseconds));
  if (length < SECOND) return `${Math.round(length)} ms`;
  if (length < 2 * MINUTE) return `${Math.round(length / SECOND)} s`;
  if (length < 2 * HOUR) return `${Math.round(length / MINUTE)} min`;
  return length < 2 * DAY ? `${Math.round(length / HOUR)} h` : `${Math.round(length / DAY)} days`;
}
