/** To the token of a session: from an access key, from a refresh token, or as it is given; and never one that was not validated. */
import {
  formatDuration,
  type MlflowAuthError,
  type PluginContext,
  Secret,
  type SecretSource,
} from "@mlflow-auth/core/plugin";
import { addressOf } from "./address.js";
import { createDescopeClient } from "./descope-client.js";
import { noAddress, nothingToLogInWith } from "./faults.js";
import type { DescopeOptions } from "./generated/options.js";
import { createKeySet } from "./key-set.js";
import { createRefresh } from "./refresh.js";
import { createTokenValidator, type ValidClaims } from "./validate-token.js";

/** A session's token that may be sent. */
export interface ValidToken {
  readonly token: Secret;
  /** At the start of a sentence: `the session token in the variable DESCOPE_SESSION_TOKEN`. */
  readonly name: string;
  readonly claims: ValidClaims;
}

/** @returns what fetches; it throws MlflowAuthError of the codes `LOGIN_FAILED`, `SECRET_*` */
export function createTokenFetch(options: DescopeOptions, context: PluginContext): () => Promise<ValidToken> {
  const { accessKey, sessionToken, refreshToken, tls } = options;
  const address = addressOf(options);
  const isAddress = URL.canParse(address);
  const http = context.http.with({ ca: tls.caFile, tlsNames: { ca: "tls.caFile", cert: "", key: "" } });
  const validate = createTokenValidator(options, createKeySet({ ...options, address }, http, context), context);
  const client = createDescopeClient({ ...options, address }, http, context);
  const refresh = refreshToken && createRefresh(refreshToken, client);
  /** The one that was taken from the source last. */
  let taken: Secret | undefined;
  let warned = false;

  async function exchanged(source: SecretSource): Promise<ValidToken> {
    const { session } = await client.byAccessKey(await source.read(), source.origin);
    return await valid(session, "the session for the access key", true);
  }

  async function refreshed(renew: () => Promise<string>): Promise<ValidToken> {
    return await valid(await renew(), "the session for the refresh token", true);
  }

  /** Undefined where the refresh token has to help. */
  async function given(source: SecretSource): Promise<ValidToken | undefined> {
    const token = await source.read();
    const isKnown = taken?.equals(token) === true;
    if (isKnown && refresh !== undefined) return undefined;
    try {
      const found = await valid(token.reveal(), `the session token in ${source.origin}`, false);
      if (isKnown) warnOfEnd(found);
      else warned = false;
      taken = token;
      return found;
    } catch (thrown) {
      if (refresh === undefined || (thrown as MlflowAuthError).code !== "SECRET_EXPIRED") throw thrown;
      taken = token;
      return undefined;
    }
  }

  async function valid(text: string, name: string, isFresh: boolean): Promise<ValidToken> {
    const token = new Secret(text.trim());
    return { token, name, claims: await validate(token, name, isFresh) };
  }

  /** It has been asked for again, so its end is near, or a server has refused it. */
  function warnOfEnd({ name, claims }: ValidToken): void {
    if (warned) return;
    warned = true;
    const left = claims.exp * 1000 - context.clock.wallTime();
    context.logger.warn(
      { plugin: context.instance, code: "SECRET_EXPIRED", milliseconds: Math.round(left) },
      `plugin ${context.instance}: ${name} ends in ${formatDuration(left)} and can't be renewed; put another one there, or set refreshToken (DESCOPE_REFRESH_TOKEN) or accessKey`,
    );
  }

  async function fetch(): Promise<ValidToken> {
    if (!isAddress) throw noAddress(context);
    if (accessKey !== undefined) return await exchanged(accessKey);
    const found = sessionToken && (await given(sessionToken));
    if (found !== undefined) return found;
    if (refresh === undefined) throw nothingToLogInWith(context);
    return await refreshed(refresh);
  }

  // One after the other, also where one was invalidated while it was under way: a refresh token may be good for one use.
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(fetch, fetch);
    last = next.catch(() => undefined);
    return next;
  };
}
