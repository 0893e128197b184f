import type { Clock } from "../time/clock.js";

/** Milliseconds without another fetch after one that brought the same refused secret; fourfold each time, up to the longest. */
const FIRST = 5_000;
const FACTOR = 4;
const LONGEST = 300_000;

/** Keeps a server that refuses everything from turning into a storm on the secret store. One per plugin instance. */
export interface CoolDowns {
  active(instance: string): boolean;
  /** The secret is still the same: leave the store alone for a while, longer each time. */
  begin(instance: string): void;
  /** The secret changed. */
  end(instance: string): void;
}

export function createCoolDowns(clock: Clock): CoolDowns {
  const states = new Map<string, { delay: number; until: number }>();
  return {
    active: (instance) => clock.now() < (states.get(instance)?.until ?? Number.NEGATIVE_INFINITY),
    begin(instance) {
      const before = states.get(instance);
      const delay = before === undefined ? FIRST : Math.min(before.delay * FACTOR, LONGEST);
      states.set(instance, { delay, until: clock.now() + delay });
    },
    end: (instance) => void states.delete(instance),
  };
}
