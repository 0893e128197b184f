import type { Clock } from "../../src/time/clock.js";

/** Time that is set by hand and runs no timer: for simulations of many hours, where nothing waits. */
export class ManualClock implements Clock {
  monotonic = 0;
  wallOffset = Date.UTC(2026, 0, 1);

  now = () => this.monotonic;
  wallTime = () => this.monotonic + this.wallOffset;
  setTimeout = () => ({ cancel() {} });
}
