/** How the plugin comes to a Vault token, by logging in. */
import { headerValue, type PluginContext, Secret } from "@mlflow-auth/core/plugin";
import { field } from "./answer.js";
import type { Call, VaultClient } from "./client.js";
import { loginFault, noToken } from "./faults.js";
import type { VaultOptions } from "./generated/options.js";
import { encode } from "./kv.js";
import type { LoginMethod } from "./login-methods.js";
import { createRenewalTimer, grantedLife, postponed, renew, type TokenLife } from "./token-life.js";

export interface Login {
  /**
   * A token to read with.
   *
   * @throws MlflowAuthError `LOGIN_FAILED`, `SECRET_SOURCE`, or `SECRET_UNREACHABLE`
   */
  token(): Promise<Secret>;
  /** Vault refused that token. True: the next `token()` logs in anew; false: there is nothing to log in with but that token. */
  forget(token: Secret): boolean;
  /** Where the token stands that somebody gave the plugin, for example `the variable VAULT_TOKEN`; undefined where it logs in itself. */
  given(): string | undefined;
  /**
   * Looks after the token once it has served (Vault is there then): two thirds of its life over, it is renewed or replaced.
   * Never fails: the token that is there is good for a while yet.
   */
  renewIfDue(): Promise<void>;
  close(): void;
}

/**
 * Logs in where there is no token, or only one that has ended, and keeps what it got: a token is renewed, and replaced by that
 * of another login where it can't be renewed, or not for much longer. A token that can be renewed is cared for also while nobody
 * asks for a secret: the secret id or the JWT that it was had for may be good for one login only.
 */
export function createLogin(
  method: LoginMethod,
  options: VaultOptions,
  client: VaultClient,
  context: PluginContext,
): Login {
  const { clock } = context;
  let held: TokenLife | undefined;
  let flight: Promise<TokenLife> | undefined;
  const timer = createRenewalTimer(clock, renewIfDue);

  async function logIn(tries?: Call["tries"]): Promise<TokenLife> {
    const asked = clock.now();
    const answer = await client.write(encode(`auth/${method.mount}/login`), await method.data(), { tries });
    if (answer.status !== 200 || answer.body === undefined) throw loginFault(answer, method, options, context);
    const auth = field(answer.body, "auth");
    const token = field(auth, "client_token");
    if (typeof token !== "string" || token === "") throw noToken(answer, method.mount, context);
    const secret = headerValue(new Secret(token), { name: "the token that Vault gave", error: context.error });
    return grantedLife(secret, auth, asked);
  }

  async function prolong(life: TokenLife): Promise<TokenLife> {
    const renewed = life.renewable ? await renew(life, client, clock) : life;
    if (renewed === "unreachable") return postponed(life, clock.now());
    if (renewed.renewable) return renewed;
    try {
      return await logIn("once");
    } catch (error) {
      const { message, code } = error as { message: string; code?: string };
      context.logger.warn(
        { plugin: context.instance, ...(code === undefined ? {} : { code }) },
        `plugin ${context.instance} goes on with the login that it has: ${message}`,
      );
      return postponed(renewed, clock.now());
    }
  }

  async function renewIfDue(): Promise<void> {
    const life = held;
    if (life !== undefined && clock.now() >= life.dueAt) {
      // Whoever comes meanwhile is not to do the same.
      held = postponed(life, clock.now());
      const longer = await prolong(life);
      if (held?.token === life.token) held = longer;
    }
    const { renewable = false, endsAt = 0, dueAt = Infinity } = held ?? {};
    timer.at(renewable && clock.now() < endsAt ? dueAt : Infinity);
  }

  return {
    async token() {
      if (held !== undefined && clock.now() < held.endsAt) return held.token;
      flight ??= logIn()
        .then((life) => (held = life))
        .finally(() => (flight = undefined));
      return (await flight).token;
    },
    forget(token) {
      if (held?.token === token) held = undefined;
      return true;
    },
    given: () => undefined,
    renewIfDue,
    close: timer.close,
  };
}
