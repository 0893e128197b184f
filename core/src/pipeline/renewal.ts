/** What is done when a server rejects a credential: the secret is fetched anew, once for all, and not again for a while if it is the same. */
import type { ServerConfig } from "../config/config.js";
import { isPermissionDenial, type Rejection, type RejectionKind } from "../mlflow/rejection.js";
import type { Logger } from "../provider/context.js";
import { anonymous, type ProviderRequest } from "../provider/provider.js";
import type { Clock } from "../time/clock.js";
import { type BoundProvider, isPromise, pluginFault, withTimeout } from "./ask-provider.js";
import { type AuthResult, credentialKey, sameCredential } from "./auth.js";
import type { AuthorizedHeaders } from "./compose.js";

/** Milliseconds without another fetch after one that brought the same rejected secret; fourfold each time, up to the longest. */
const FIRST = 5_000;
const FACTOR = 4;
const LONGEST = 300_000;

/** Credentials whose rejection is remembered, per server; the oldest goes first. */
const MOST_COOL_DOWNS = 1_000;

interface CoolDown {
  readonly delay: number;
  readonly until: number;
}

/** The request whose credential was rejected. */
export interface RejectedRequest {
  /** As providers see it. */
  readonly asked: ProviderRequest;
  /** What it would carry now. */
  authorize(): AuthorizedHeaders | Promise<AuthorizedHeaders>;
}

/** The pipeline whose credentials are renewed. */
export interface RenewalOptions {
  readonly server: ServerConfig;
  /** Whose credential it was that went out. */
  resultOf(authorized: AuthorizedHeaders): AuthResult | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Decides about one rejected request: see `Authorizer.rejected`. */
export type Renewal = (
  authorized: AuthorizedHeaders,
  rejection: Rejection,
  request: RejectedRequest,
) => Promise<AuthorizedHeaders | undefined>;

/**
 * Keeps a server that rejects everything from turning into a storm on the secret store. For each credential and kind of rejection
 * there is one cool-down: 403s that have to do with something else must not keep a rotation, which shows as 401, from being noticed,
 * nor a login page from being explained; and what came in the place of a rejected credential may be asked about at once.
 */
export function createRenewal(options: RenewalOptions): Renewal {
  const { server, resultOf, clock, logger } = options;
  const coolDowns = new Map<string, CoolDown>();
  const refreshes = new Map<string, Promise<boolean>>();

  /** What the request would carry now, if its credential is another one. */
  async function changed(result: AuthResult, request: RejectedRequest): Promise<AuthorizedHeaders | undefined> {
    let current: AuthorizedHeaders;
    try {
      current = await request.authorize();
    } catch {
      // `refetch` asks again and reports it.
      return undefined;
    }
    const given = resultOf(current);
    return given === undefined || sameCredential(given, result) ? undefined : current;
  }

  /** Has the secret fetched anew, once for all who were rejected at the same time. Whether it changed. */
  async function renewed(result: AuthResult, rejection: Rejection, request: RejectedRequest): Promise<boolean> {
    const key = keyOf(result, rejection.kind);
    let refresh = refreshes.get(key);
    if (refresh === undefined) {
      if (clock.now() < (coolDowns.get(key)?.until ?? Number.NEGATIVE_INFINITY)) return false;
      refresh = refetch(result, rejection, request).finally(() => refreshes.delete(key));
      refreshes.set(key, refresh);
    }
    return await refresh;
  }

  async function refetch(result: AuthResult, { kind, date }: Rejection, request: RejectedRequest): Promise<boolean> {
    const { bound, auth } = result;
    // Without a credential there is nothing that could be rejected.
    if (auth === anonymous) return false;
    let why = `asked anew, ${bound.instance} gives the same one`;
    try {
      const invalidated = bound.provider.invalidate(kind === "unauthorized" ? "unauthorized" : "suspected", {
        request: request.asked,
        auth,
        serverTime: timeOf(date),
      });
      if (isPromise(invalidated)) await withTimeout(invalidated, bound, clock);
      const next = resultOf(await request.authorize());
      if (next !== undefined && !sameCredential(next, result)) return true;
    } catch (thrown) {
      why = pluginFault(thrown, bound).message;
    }
    beginCoolDown(keyOf(result, kind));
    logger.warn({ plugin: bound.instance, server: server.uri, reason: kind }, explain(bound, kind, why));
    return false;
  }

  function beginCoolDown(key: string): void {
    const before = coolDowns.get(key);
    const delay = before === undefined ? FIRST : Math.min(before.delay * FACTOR, LONGEST);
    if (before === undefined && coolDowns.size >= MOST_COOL_DOWNS)
      coolDowns.delete(coolDowns.keys().next().value as string);
    coolDowns.set(key, { delay, until: clock.now() + delay });
  }

  function explain({ instance }: BoundProvider<unknown>, kind: RejectionKind, why: string): string {
    switch (kind) {
      case "unauthorized":
        return `${server.uri} rejected the credential of ${instance} with 401; ${why}`;
      case "forbidden":
        return `${server.uri} answered 403, and not as MLflow does: a proxy in front of it may reject the credential of ${instance}; ${why}`;
      case "login-page":
        return `${server.uri} answered an API request with a login page instead of JSON: a proxy in front of it asks for a person to sign in, and does not take the credential of ${instance} as it is sent; ${why}`;
    }
  }

  return async (authorized, rejection, request) => {
    const { kind, body = "" } = rejection;
    const result = resultOf(authorized);
    if (result === undefined || authorized.provider === undefined) return undefined;
    if (kind === "forbidden" && (isPermissionDenial(body) || providerSaysDenial(result, body))) return undefined;
    // Another request's rejection, or the cache's own refresh, may have brought another secret already.
    const already = await changed(result, request);
    if (already !== undefined) return already;
    return (await renewed(result, rejection, request)) ? await changed(result, request) : undefined;
  };
}

function timeOf(date = ""): number | undefined {
  const time = Date.parse(date);
  return Number.isNaN(time) ? undefined : time;
}

/** Whether a proxy in front of MLflow denies a permission, as far as the plugin knows that proxy. */
function providerSaysDenial({ bound: { provider } }: AuthResult, body: string): boolean {
  try {
    return provider.isPermissionDenial?.(body) === true;
  } catch {
    return false;
  }
}

const keyOf = (result: AuthResult, kind: RejectionKind) => `${kind} ${credentialKey(result)}`;
