/** Time as the core and its plugins see it, so that tests can own it. */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary start. What lasts is measured with this one. */
  now(): number;
  /** Milliseconds since the Unix epoch. Only for absolute times that others gave us, such as a token's `exp`. */
  wallTime(): number;
  /** Calls back once after `milliseconds`. The timer does not keep the process alive. */
  setTimeout(callback: () => void, milliseconds: number): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimeout(callback, milliseconds) {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
