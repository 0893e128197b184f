/** Tokens of Vault's: where they come from, how long they last and who looks after that, and one that somebody gave. */
import {
  type Clock,
  formatDuration,
  headerValue,
  type PluginContext,
  type Secret,
  type SecretSource,
  type Timer,
} from "@mlflow-auth/core/plugin";
import type { VaultClient } from "./client.js";
import { field } from "./faults.js";

/** Where tokens come from, however the options say it. */
export interface Login {
  /**
   * A token to read with; undefined where what stands at the address adds one of its own.
   *
   * @throws MlflowAuthError `LOGIN_FAILED`, `SECRET_SOURCE`, or `SECRET_UNREACHABLE`
   */
  token(): Promise<Secret | undefined>;
  /** Vault refused that token. True: the next `token()` logs in anew; false: there is nothing to log in with but that token. */
  forget(token: Secret | undefined): boolean;
  /** Where the token stands that somebody gave the plugin, for example `the variable VAULT_TOKEN`; undefined where it logs in itself. */
  given(): string | undefined;
  /**
   * Looks after the token once it has served (Vault is there then): two thirds of its life over, it is renewed or replaced.
   * Never fails: the token that is there is good for a while yet.
   */
  renewIfDue(): Promise<void>;
  close(): void;
}

/** Of whoever does not log in: Vault's agent adds the token that its auto-auth has, and looks after it. */
export const noLogin: Login = {
  token: async () => undefined,
  forget: () => false,
  given: () => undefined,
  renewIfDue: async () => undefined,
  close: () => undefined,
};

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
function lifeOf(token: Secret, left: number, span: number, renewable: boolean, now: number): TokenLife {
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

/**
 * The token is read again each time, for its maker may replace it. Once it has served, Vault is asked how long it lasts,
 * and it is renewed at two thirds of that, also while nobody asks for a secret. Where Vault grants no more time, a warning
 * says so while there still is some.
 */
export function createStaticToken(
  source: () => Promise<SecretSource>,
  client: VaultClient,
  context: PluginContext,
): Login {
  const { clock, logger, instance } = context;
  let served: Secret | undefined;
  let servedFrom: string | undefined;
  let known: TokenLife | undefined;
  let warned = false;
  const timer = createRenewalTimer(clock, renewIfDue);

  async function read(): Promise<{ token: Secret; origin: string }> {
    const from = await source();
    const name = `the Vault token in ${from.origin}`;
    return { token: headerValue(await from.read(), { name, error: context.error }), origin: from.origin };
  }

  /** Undefined where Vault can't tell now. Where it doesn't want to, by the token's policy, there is nothing to look after. */
  async function lookUp(token: Secret): Promise<TokenLife | undefined> {
    const asked = clock.now();
    const { status, body } = await client.read("auth/token/lookup-self", { token, tries: "once" });
    if (status === 403) return lifeOf(token, 0, 0, false, asked);
    if (status !== 200) return undefined;
    const data = field(body, "data");
    const left = milliseconds(field(data, "ttl"));
    const span = Math.max(left, milliseconds(field(data, "creation_ttl")));
    const uses = Number(field(data, "num_uses") ?? 0);
    return lifeOf(token, left, span, field(data, "renewable") === true && uses === 0, asked);
  }

  async function look(): Promise<void> {
    const { token, origin } = await read();
    // Another token stands there by now. The next fetch will show whether it is any good; the old one is left to its end.
    if (served === undefined || !served.equals(token)) {
      known = undefined;
      return;
    }
    if (known === undefined || !known.token.equals(token)) {
      known = await lookUp(token);
      warned = false;
    }
    if (known === undefined || clock.now() < known.dueAt) return;
    const renewed = known.renewable ? await renew(known, client, clock) : known;
    if (renewed === "unreachable") {
      known = postponed(known, clock.now());
    } else if (renewed.renewable) {
      known = renewed;
    } else {
      known = postponed(renewed, clock.now());
      warnOfEnd(renewed, origin);
    }
  }

  function warnOfEnd({ endsAt }: TokenLife, origin: string): void {
    const left = endsAt - clock.now();
    if (warned || left <= 0) return;
    warned = true;
    logger.warn(
      { plugin: instance, code: "LOGIN_FAILED", milliseconds: Math.round(left) },
      `plugin ${instance}: the Vault token in ${origin} ends in ${formatDuration(left)} and can't be renewed; replace it, or let the plugin log in itself, for example with auth.method: approle`,
    );
  }

  async function renewIfDue(): Promise<void> {
    try {
      await look();
    } catch {
      // Neither the file nor Vault need be there now. The next fetch says so if it still matters.
      if (known !== undefined) known = postponed(known, clock.now());
    }
    const { endsAt = 0, dueAt = Infinity } = known ?? {};
    timer.at(!warned && clock.now() < endsAt ? dueAt : Infinity);
  }

  return {
    async token() {
      const now = await read();
      served = now.token;
      servedFrom = now.origin;
      return served;
    },
    forget: () => false,
    given: () => servedFrom,
    renewIfDue,
    close: timer.close,
  };
}
