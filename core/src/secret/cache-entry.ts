/** What the secret cache knows of one key. */
export interface CacheEntry {
  value: unknown;
  present: boolean;
  /** All on the monotonic clock, in milliseconds. */
  refreshAt: number;
  freshUntil: number;
  staleUntil: number;
  /** On the wall clock. */
  expiresAt: number;
  flight: Promise<unknown> | undefined;
  /** Nobody waits for the flight: it began while the value was fresh, or it takes long. */
  ahead: boolean;
  /** What the callers of the flight wait for where the old value may still serve. */
  waiting: Promise<unknown> | undefined;
  /** The old value may be a wrong one: it serves only where the backend failed to bring another. */
  doubted: boolean;
  failure: { error: unknown; delay: number; until: number } | undefined;
}

export function emptyEntry(): CacheEntry {
  return {
    value: undefined,
    present: false,
    refreshAt: 0,
    freshUntil: 0,
    staleUntil: 0,
    expiresAt: Number.POSITIVE_INFINITY,
    flight: undefined,
    ahead: false,
    waiting: undefined,
    doubted: false,
    failure: undefined,
  };
}
