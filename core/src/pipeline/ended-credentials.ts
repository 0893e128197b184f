/** What is done about a credential whose end has passed: its provider is asked anew, once, and then left alone for a while. */
import type { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { Auth, RequestAuthProvider } from "../provider/provider.js";
import { endedOnArrival, nextDelay } from "../secret/ended.js";
import type { Clock } from "../time/clock.js";
import { type BoundProvider, pluginFault } from "./ask-provider.js";

type Bound = BoundProvider<RequestAuthProvider>;
type Given = Awaited<ReturnType<RequestAuthProvider["getAuth"]>>;

interface Pause {
  readonly error: MlflowAuthError;
  readonly delay: number;
  readonly until: number;
}

/** The ended credentials that the providers of one server gave. */
export interface EndedCredentials {
  /** The error of the last time, while a provider is left alone. It is the same object, so that it is reported once. */
  pausedBy(bound: Bound): MlflowAuthError | undefined;
  /** The provider has given one that may be used: its next failure is a first one again. */
  endPause(bound: Bound): void;
  /**
   * Tells the provider that its credential has ended, and asks it anew. All requests that were given the same one at the same time tell it
   * once.
   *
   * @param ask asks the provider for one request, within its time-out
   * @param tell calls the provider's `invalidate`, within its time-out
   * @throws MlflowAuthError `SECRET_EXPIRED` if that one has ended, too; or what telling it throws
   */
  replace(ended: Auth, bound: Bound, ask: () => Promise<Given>, tell: () => Promise<void>): Promise<Given>;
}

/** @param endOf the end of a credential if it has passed; undefined for one that may be used */
export function createEndedCredentials(clock: Clock, endOf: (given: Given) => number | undefined): EndedCredentials {
  const told = new WeakMap<Auth, Promise<void>>();
  const pauses = new Map<Bound, Pause>();

  function pausedBy(bound: Bound): MlflowAuthError | undefined {
    const last = pauses.get(bound);
    return last !== undefined && clock.now() < last.until ? last.error : undefined;
  }

  /** What to fail with. Of requests at the same time, the first one counts; who comes behind the pause tells the provider once more. */
  function pause(ended: Auth, bound: Bound, thrown: unknown): MlflowAuthError {
    told.delete(ended);
    const already = pausedBy(bound);
    if (already !== undefined) return already;
    const delay = nextDelay(pauses.get(bound)?.delay);
    const error = pluginFault(thrown, bound);
    pauses.set(bound, { error, delay, until: clock.now() + delay });
    return error;
  }

  return {
    pausedBy,
    endPause: (bound) => void pauses.delete(bound),
    async replace(ended, bound, ask, tell) {
      const telling = told.get(ended) ?? tell();
      told.set(ended, telling);
      try {
        await telling;
      } catch (thrown) {
        throw pause(ended, bound, thrown);
      }
      const given = await ask();
      const end = endOf(given);
      if (end === undefined) return given;
      throw pause(ended, bound, endedOnArrival(end, clock.wallTime()));
    },
  };
}
