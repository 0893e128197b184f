import type { Clock, Timer } from "@mlflow-auth/core/plugin";

/** Sees to it that a token is looked after also while nobody asks for a secret. It does not keep the process alive. */
export interface RenewalTimer {
  /** In place of what was set before. On the monotonic clock, in milliseconds; Infinity: never. */
  at(time: number): void;
  close(): void;
}

/** Milliseconds; Node's timers know no more than 24 days. Who is reminded too early asks to be reminded again. */
const LONGEST_TIMER = 24 * 3_600_000;

/** @param remind must not fail */
export function createRenewalTimer(clock: Clock, remind: () => Promise<void>): RenewalTimer {
  let timer: Timer | undefined;
  let closed = false;
  return {
    at(time) {
      timer?.cancel();
      const delay = Math.min(Math.max(0, time - clock.now()), LONGEST_TIMER);
      timer = closed || time === Infinity ? undefined : clock.setTimeout(() => void remind(), delay);
    },
    close() {
      closed = true;
      timer?.cancel();
    },
  };
}
