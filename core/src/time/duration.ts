const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The schema carries the same pattern. */
const durationPattern = /^(\d{1,9})(ms|s|m|h)$/;

/** Milliseconds in a duration such as `500ms`, `30s`, `5m` or `1h`; undefined if it is not one. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * (units[match[2] as string] as number);
}
