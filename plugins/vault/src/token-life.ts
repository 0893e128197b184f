/** How long a token of Vault's lasts, how its life is made longer, and when somebody sees to that. */
import type { Clock, Secret, Timer } from "@mlflow-auth/core/plugin";
import type { VaultClient } from "./client.js";
import { field } from "./faults.js";

/** Times are those of the monotonic clock, in milliseconds; Infinity: never. */
export interface TokenLife {
  readonly token: Secret;
  /** Whether Vault would grant more time. */
  readonly renewable: boolean;
  /** How long it lasts from the last renewal on. */
  readonly span: number;
  /** When to look after it: two thirds of its life are over. */
  readonly dueAt: number;
  readonly endsAt: number;
}

/** The part of a life after which a token is renewed. */
const DUE = 2 / 3;
/** Milliseconds between two attempts to look after a token, at least. */
const SHORTEST_DELAY = 1_000;

/** @param left milliseconds that it has left; 0: it has no end */
export function lifeOf(token: Secret, left: number, span: number, renewable: boolean, now: number): TokenLife {
  if (left <= 0) return { token, renewable: false, span: left, dueAt: Infinity, endsAt: Infinity };
  return { token, renewable, span, dueAt: now + left - span * (1 - DUE), endsAt: now + left };
}

/** The life of the token that Vault gave at a login, by the `auth` part of its answer; see {@link lifeOf} for `now`. */
export function grantedLife(token: Secret, auth: unknown, now: number): TokenLife {
  const span = milliseconds(field(auth, "lease_duration"));
  // A renewal would take one of its uses.
  const limited = Number(field(auth, "num_uses") ?? 0) > 0;
  return lifeOf(token, span, span, field(auth, "renewable") === true && !limited, now);
}

/** Seconds of a life that is said to be longer; some thirty years. With Infinity no point in time could be reckoned. */
const LONGEST_LIFE = 1_000_000_000;

/** Seconds, as Vault gives them; 0 where it gives none. */
export function milliseconds(seconds: unknown): number {
  return typeof seconds === "number" && seconds > 0 ? Math.min(seconds, LONGEST_LIFE) * 1000 : 0;
}

/** Not now: a third of what is left goes by before the next attempt. */
export function postponed(life: TokenLife, now: number): TokenLife {
  return { ...life, dueAt: now + Math.max(SHORTEST_DELAY, (life.endsAt - now) / 3) };
}

/**
 * Asks Vault for more time (`auth/token/renew-self`, which its default policy allows).
 *
 * @returns the longer life, one that is not `renewable` where Vault grants less than half of the usual (the token nears its
 *   `max_ttl`) or refuses; `unreachable` where Vault could not say
 */
export async function renew(life: TokenLife, client: VaultClient, clock: Clock): Promise<TokenLife | "unreachable"> {
  const asked = clock.now();
  try {
    const answer = await client.write("auth/token/renew-self", {}, { token: life.token, tries: "once" });
    if (answer.status === 200) {
      const renewed = grantedLife(life.token, field(answer.body, "auth"), asked);
      // It had an end, and so it has one: nothing is left to be granted.
      if (renewed.endsAt === Infinity) return { ...life, renewable: false };
      const endsAt = Math.max(life.endsAt, renewed.endsAt);
      return renewed.span < life.span / 2 ? { ...life, endsAt, renewable: false } : renewed;
    }
    if (answer.status === 400 || answer.status === 403) return { ...life, renewable: false };
    return "unreachable";
  } catch {
    return "unreachable";
  }
}

/** Sees to it that a token is looked after also while nobody asks for a secret. It does not keep the process alive. */
export interface RenewalTimer {
  /** In place of what was set before. On the monotonic clock, in milliseconds; Infinity: never. */
  at(time: number): void;
  close(): void;
}

/** Milliseconds; Node's timers know no more than 24 days. Who is called too early sets the timer again. */
const LONGEST_TIMER = 24 * 3_600_000;

/** @param renewIfDue looks after the token, and sets the timer again; must not fail */
export function createRenewalTimer(clock: Clock, renewIfDue: () => Promise<void>): RenewalTimer {
  let timer: Timer | undefined;
  let closed = false;
  return {
    at(time) {
      timer?.cancel();
      const delay = Math.min(Math.max(0, time - clock.now()), LONGEST_TIMER);
      timer = closed || time === Infinity ? undefined : clock.setTimeout(() => void renewIfDue(), delay);
    },
    close() {
      closed = true;
      timer?.cancel();
    },
  };
}
