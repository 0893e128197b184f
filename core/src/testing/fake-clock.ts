import type { Clock } from "../time/clock.js";

/** Time that stands still until it is told to move. */
export interface FakeClock extends Clock {
  /**
   * Moves both clocks on, and runs each timer at its own time. What the timers set going has run as far as it can without
   * real input or output when this resolves.
   */
  advance(milliseconds: number): Promise<void>;
  /** Moves the wall clock alone, as somebody who sets the time does. Negative: back. */
  jump(milliseconds: number): void;
  /** Timers that are set and have neither run nor been cancelled. */
  readonly pending: number;
}

interface Waiting {
  readonly at: number;
  readonly callback: () => void;
}

/** @param start milliseconds since the Unix epoch; default 2026-01-01T00:00Z */
export function fakeClock(start: number = Date.UTC(2026, 0, 1)): FakeClock {
  let monotonic = 0;
  let wallOffset = start;
  const timers = new Set<Waiting>();

  function nextUntil(end: number): Waiting | undefined {
    let next: Waiting | undefined;
    for (const timer of timers) if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
    return next;
  }

  return {
    now: () => monotonic,
    wallTime: () => wallOffset + monotonic,
    setTimeout(callback, milliseconds) {
      const timer = { at: monotonic + Math.max(0, milliseconds), callback };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    async advance(milliseconds) {
      const end = monotonic + milliseconds;
      await settled();
      for (let timer = nextUntil(end); timer !== undefined; timer = nextUntil(end)) {
        timers.delete(timer);
        monotonic = Math.max(monotonic, timer.at);
        timer.callback();
        await settled();
      }
      // Another may have been moving it on meanwhile, and further: it never goes back.
      monotonic = Math.max(monotonic, end);
      await settled();
    },
    jump(milliseconds) {
      wallOffset += milliseconds;
    },
    get pending() {
      return timers.size;
    },
  };
}

/** All promise reactions that are due have run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
