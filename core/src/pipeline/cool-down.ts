import type { Clock } from "../time/clock.js";
import { type Answer, sameCredential } from "./auth.js";
import type { Suspicion } from "./refusal.js";

/** Milliseconds without another fetch after one that brought the same refused secret; fourfold each time, up to the longest. */
const FIRST = 5_000;
const FACTOR = 4;
const LONGEST = 300_000;

/**
 * Keeps a server that refuses everything from turning into a storm on the secret store. For each plugin instance and suspicion one:
 * 403s that have to do with something else must not keep a rotation, which shows as 401, from being noticed, nor a login page
 * from being explained.
 */
export interface CoolDowns {
  /** Whether it is about this credential: what came in its place may be asked about at once. */
  active(refused: Answer, suspicion: Suspicion): boolean;
  /** The secret is still the same: leave the store alone for a while, longer each time. */
  begin(refused: Answer, suspicion: Suspicion): void;
}

interface CoolDown {
  readonly refused: Answer;
  readonly delay: number;
  readonly until: number;
}

export function createCoolDowns(clock: Clock): CoolDowns {
  const coolDowns = new Map<string, CoolDown>();

  function about(refused: Answer, suspicion: Suspicion): CoolDown | undefined {
    const coolDown = coolDowns.get(keyOf(refused, suspicion));
    return coolDown !== undefined && sameCredential(coolDown.refused, refused) ? coolDown : undefined;
  }

  return {
    active: (refused, suspicion) => clock.now() < (about(refused, suspicion)?.until ?? Number.NEGATIVE_INFINITY),
    begin(refused, suspicion) {
      const before = about(refused, suspicion);
      const delay = before === undefined ? FIRST : Math.min(before.delay * FACTOR, LONGEST);
      coolDowns.set(keyOf(refused, suspicion), { refused, delay, until: clock.now() + delay });
    },
  };
}

const keyOf = ({ slot }: Answer, suspicion: Suspicion) => `${suspicion} ${slot.instance}`;
