/** Time as the core and its plugins see it, so that tests can own it. */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary start. What lasts is measured with this one. */
  now(): number;
  /** Milliseconds since the Unix epoch. Only for absolute times that others gave us, such as a token's `exp`. */
  wallTime(): number;
  /** Calls back once after `milliseconds`. The timer does not keep the process alive. */
  setTimeout(callback: () => void, milliseconds: number): Timer;
}

/** A clock that can be held while a request's providers are asked, so that it is read once for all of them. */
export interface HeldClock extends Clock {
  /** From now on `now()` gives one and the same reading. */
  hold(): void;
  release(): void;
}

/** A callback that is still to come. */
export interface Timer {
  /** It never calls back then. May be called at any time, and twice. */
  cancel(): void;
}

/** Milliseconds: 24.8 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Node's own clocks. Timers of more than 24.8 days ring then. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimeout(callback, milliseconds) {
    // A longer one than Node can count would fire at once.
    const timer = setTimeout(callback, Math.min(milliseconds, LONGEST_TIMER));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Only what runs between `hold()` and `release()` sees the held reading: nothing that waits in between. */
export function heldClock(clock: Clock): HeldClock {
  let held = false;
  let reading: number | undefined;
  return {
    now() {
      if (!held) return clock.now();
      if (reading === undefined) reading = clock.now();
      return reading;
    },
    wallTime: () => clock.wallTime(),
    setTimeout: (callback, milliseconds) => clock.setTimeout(callback, milliseconds),
    hold() {
      held = true;
      reading = undefined;
    },
    release() {
      held = false;
    },
  };
}
