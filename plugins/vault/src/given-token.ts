/** A token that somebody else has made and given to the plugin, in a variable or a file. */
import { headerValue, type PluginContext, type Secret, type SecretSource, type Timer } from "@mlflow-auth/core/plugin";
import { field } from "./answer.js";
import type { VaultClient } from "./client.js";
import type { Login } from "./login.js";
import { lifeOf, milliseconds, postponed, renew, type TokenLife } from "./token-life.js";

/** Milliseconds; Node's timers know no more than 24 days. */
const LONGEST_TIMER = 24 * 3_600_000;

/**
 * The token is read again each time, for whoever made it may replace it. Once it has served, Vault is asked how long it lasts,
 * and it is renewed at two thirds of that. A timer sees to that, too, which does not keep the process alive: unlike a login,
 * a token that ends while a program has nothing to ask for can't be had again. Where Vault grants no more time, a warning
 * says so while there still is some.
 */
export function createGivenToken(
  source: () => Promise<SecretSource>,
  client: VaultClient,
  context: PluginContext,
): Login {
  const { clock, logger, instance } = context;
  let served: Secret | undefined;
  let known: TokenLife | undefined;
  let timer: Timer | undefined;
  let warned = false;
  let closed = false;

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
      `plugin ${instance}: the Vault token in ${origin} ends in ${inWords(left)} and can't be renewed; replace it, or let the plugin log in itself, for example with auth.method: approle`,
    );
  }

  async function upkeep(): Promise<void> {
    try {
      await look();
    } catch {
      // Neither the file nor Vault need be there now. The next fetch says so if it still matters.
      if (known !== undefined) known = postponed(known, clock.now());
    }
    timer?.cancel();
    const delay = known === undefined ? Infinity : known.dueAt - clock.now();
    const over = warned || (known !== undefined && known.endsAt <= clock.now());
    timer = closed || over || delay === Infinity ? undefined : setTimer(delay);
  }

  const setTimer = (delay: number) =>
    clock.setTimeout(() => void upkeep(), Math.min(Math.max(0, delay), LONGEST_TIMER));

  return {
    async token() {
      served = (await read()).token;
      return served;
    },
    forget: () => false,
    upkeep,
    close() {
      closed = true;
      timer?.cancel();
    },
  };
}

function inWords(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 2) return `${Math.ceil(milliseconds / 1000)} s`;
  return minutes < 180 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
