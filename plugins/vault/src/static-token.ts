/** A token that somebody else has made and given to the plugin, in a variable or a file. */
import {
  formatDuration,
  headerValue,
  type PluginContext,
  type Secret,
  type SecretSource,
} from "@mlflow-auth/core/plugin";
import type { VaultClient } from "./client.js";
import { field } from "./faults.js";
import type { Login } from "./login.js";
import { createRenewalTimer, lifeOf, milliseconds, postponed, renew, type TokenLife } from "./token-life.js";

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
