import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { Clock } from "../time/clock.js";
import { endedOnArrival, nextDelay } from "./ended.js";

/** What a fetch brings back, and how long it may be used. */
export interface Fetched<T> {
  /** What `get` gives until it ends: the same object each time. */
  readonly value: T;
  /** Milliseconds from now that the backend grants, for example a lease. Never exceeded. */
  readonly lease?: number | undefined;
  /**
   * Milliseconds since the Unix epoch, for example a JWT's `exp`. Never exceeded. A credential with an `expiresAt` of its own
   * needs none here. One that has ended already is a failed fetch, `SECRET_EXPIRED`.
   */
  readonly expiresAt?: number | undefined;
}

/** For how long a fetched value is used. */
export interface CachePolicy {
  /** Milliseconds for which a value is used without asking again. Default 300,000. */
  readonly ttl?: number | undefined;
  /** Milliseconds beyond `ttl` for which it may still be used while the backend can't be reached, or is slow. Default 0. */
  readonly maxStale?: number | undefined;
}

/** The secret cache of one plugin instance. */
export interface SecretCache {
  /**
   * The cached value, at once and without a promise while it is fresh; otherwise the promise of one fetch that all callers
   * share. A failed fetch is not remembered as a value.
   */
  get<T>(key: string, fetch: () => Promise<Fetched<T>>, policy?: CachePolicy): T | Promise<T>;
  /** Drops the value, so that the next `get` fetches. A fetch under way that began before does not bring it back. */
  invalidate(key: string): void;
  /** Ends the freshness of the value: the next `get` fetches, and in an outage the value may still serve as a stale one. */
  expire(key: string): void;
}

/** A value is fetched anew in the background in the last fifth of its life, at a point drawn per value so that a fleet spreads. */
const REFRESH_FROM = 0.8;
const REFRESH_SPREAD = 0.15;
/** Milliseconds after which a backend counts as slow: where the old value may still serve, nobody waits for longer. */
const PATIENCE = 500;
/** Keys per plugin instance; the oldest goes first. */
const CAPACITY = 1_000;

const DEFAULTS = { ttl: 300_000, maxStale: 0 };

/** What a cache is made with. Default of `random`: `Math.random`. */
export interface SecretCacheOptions {
  clock: Clock;
  /** 0 to below 1; spreads the background refreshes. */
  random?: () => number;
  /** Told of a fetch that brought a value, with the milliseconds that it took. */
  onFetch?: (milliseconds: number) => void;
  /** Told of a failed fetch whose callers were served the old value. */
  onStale?: (error: unknown) => void;
}

/**
 * The secret cache of one plugin instance: one fetch at a time per key, refreshed ahead of its end, with a bounded use of
 * stale values while the backend can't be reached. Nothing runs by itself: every fetch begins when somebody asks.
 */
export function createSecretCache({ clock, random = Math.random, onFetch, onStale }: SecretCacheOptions): SecretCache {
  const entries = new Map<string, CacheEntry>();

  function get<T>(key: string, fetch: () => Promise<Fetched<T>>, policy?: CachePolicy): T | Promise<T> {
    const entry = entries.get(key) ?? admit(key);
    const now = clock.now();
    if (entry.present && now < entry.freshUntil && !expired(entry)) {
      if (now >= entry.refreshAt && mayFetch(entry, now)) {
        start(key, entry, fetch, policy).catch(() => undefined);
        entry.ahead = true;
      }
      return entry.value as T;
    }
    if (entry.ahead && usableStale(entry, now)) return entry.value as T;
    if (entry.failure !== undefined && usableStale(entry, now)) {
      // The backend is known to be down: nobody waits for the next attempt while the old value is allowed.
      if (mayFetch(entry, now)) start(key, entry, fetch, policy).catch(() => undefined);
      return entry.value as T;
    }
    if (entry.flight === undefined && entry.failure !== undefined && now < entry.failure.until) {
      return Promise.reject(entry.failure.error);
    }
    const flight = entry.flight ?? start(key, entry, fetch, policy);
    if (entry.suspected || !usableStale(entry, now)) return flight as Promise<T>;
    entry.waiting ??= untilSlow(key, entry, flight);
    return entry.waiting as Promise<T>;
  }

  function admit(key: string): CacheEntry {
    if (entries.size >= CAPACITY) entries.delete(entries.keys().next().value as string);
    const entry = emptyEntry();
    entries.set(key, entry);
    return entry;
  }

  function start<T>(
    key: string,
    entry: CacheEntry,
    fetch: () => Promise<Fetched<T>>,
    policy?: CachePolicy,
  ): Promise<T> {
    const flight = (async () => {
      try {
        const start = clock.now();
        // One that throws at once must not have failed before it is known as the flight.
        const fetched = await (async () => await fetch())();
        onFetch?.(clock.now() - start);
        const end = Math.min(endOf(fetched), clock.wallTime() + (fetched.lease ?? Number.POSITIVE_INFINITY));
        if (end <= clock.wallTime()) throw endedOnArrival(end, clock.wallTime());
        if (entries.get(key) === entry) keep(entry, fetched, policy);
        return fetched.value;
      } catch (error) {
        return fail(key, entry, error) as T;
      } finally {
        entry.flight = undefined;
        entry.waiting = undefined;
        entry.ahead = false;
      }
    })();
    entry.flight = flight;
    return flight;
  }

  /** The new value; or, if the backend takes its time, the old one, and so for everybody who asks from then on. */
  function untilSlow(key: string, entry: CacheEntry, flight: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => {
        // Given up meanwhile: the secret was rejected.
        if (entries.get(key) !== entry || entry.suspected || !usableStale(entry, clock.now())) return;
        entry.ahead = true;
        resolve(entry.value);
      }, PATIENCE);
      flight.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  function keep(entry: CacheEntry, fetched: Fetched<unknown>, policy: CachePolicy = {}): void {
    const now = clock.now();
    const lease = fetched.lease ?? Number.POSITIVE_INFINITY;
    const ttl = Math.min(policy.ttl ?? DEFAULTS.ttl, lease);
    entry.value = fetched.value;
    entry.present = true;
    entry.expiresAt = endOf(fetched);
    const life = Math.min(ttl, entry.expiresAt - clock.wallTime());
    entry.refreshAt = now + life * (REFRESH_FROM + random() * REFRESH_SPREAD);
    entry.freshUntil = now + ttl;
    entry.staleUntil = now + Math.min(ttl + (policy.maxStale ?? DEFAULTS.maxStale), lease);
    entry.failure = undefined;
    entry.suspected = false;
  }

  /** The old value if an outage allows it; otherwise the error, which is remembered for a while so that an outage is not hammered. */
  function fail(key: string, entry: CacheEntry, error: unknown): unknown {
    const now = clock.now();
    const transient = isMlflowAuthError(error) && error.transient;
    if (!transient) entry.present = false;
    const delay = nextDelay(entry.failure?.delay);
    entry.failure = { error, delay, until: now + delay };
    // Invalidated while the fetch was under way: the value was rejected, and is nobody's any more.
    if (entries.get(key) !== entry || !usableStale(entry, now)) throw error;
    onStale?.(error);
    return entry.value;
  }

  const mayFetch = (entry: CacheEntry, now: number) =>
    entry.flight === undefined && (entry.failure === undefined || now >= entry.failure.until);

  const usableStale = (entry: CacheEntry, now: number) => entry.present && now < entry.staleUntil && !expired(entry);

  const expired = (entry: CacheEntry) =>
    entry.expiresAt !== Number.POSITIVE_INFINITY && !(clock.wallTime() < entry.expiresAt);

  return {
    get,
    invalidate(key) {
      entries.delete(key);
    },
    expire(key) {
      const entry = entries.get(key);
      if (entry === undefined) return;
      entry.freshUntil = Math.min(entry.freshUntil, clock.now());
      // A caller who doubts the value waits for the next one.
      entry.suspected = true;
      entry.ahead = false;
    },
  };
}

/** The end of what was fetched: the one that the fetch names, or that a credential has in itself, whichever comes first. */
function endOf({ value, expiresAt = Number.POSITIVE_INFINITY }: Fetched<unknown>): number {
  if (typeof value !== "object" || value === null || !("headers" in value) || !("expiresAt" in value)) return expiresAt;
  return typeof value.expiresAt === "number" ? Math.min(expiresAt, value.expiresAt) : expiresAt;
}

/** What the secret cache knows of one key. */
interface CacheEntry {
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
  suspected: boolean;
  failure: { error: unknown; delay: number; until: number } | undefined;
}

function emptyEntry(): CacheEntry {
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
    suspected: false,
    failure: undefined,
  };
}
