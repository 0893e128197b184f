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
 * A duration for a message, in whole units: `350 ms`, `90 s`, `10 min`, `3 h`, `4 days`. What rounds up to the next unit is told
 * in that one: a second less than two hours is `2 h`. A negative one is told by its length alone: which way it goes is for the
 * sentence around it to say.
 *
 * @param milliseconds finite
 */
export function formatDuration(milliseconds: number): string {
  const length = Math.round(Math.abs(milliseconds));
  const inUnits = (unit: number) => Math.round(length / unit);
  if (length < SECOND) return `${length} ms`;
  if (inUnits(SECOND) < 120) return `${inUnits(SECOND)} s`;
  if (inUnits(MINUTE) < 120) return `${inUnits(MINUTE)} min`;
  return inUnits(HOUR) < 48 ? `${inUnits(HOUR)} h` : `${inUnits(DAY)} days`;
}
