/** What is done when a server rejects a credential: the secret is fetched anew, once for all, and not again for a while if it is the same. */
import type { ServerConfig } from "../config/config.js";
import { isPermissionDenial, type Rejection, type RejectionKind } from "../mlflow/rejection.js";
import type { Logger } from "../provider/context.js";
import type { Clock } from "../time/clock.js";
import { type BoundProvider, isPromise, pluginFault, withTimeout } from "./ask-provider.js";
import { type AuthResult, sameCredential } from "./auth.js";
import type { AuthorizedHeaders } from "./compose.js";

/** Milliseconds without another fetch after one that brought the same rejected secret; fourfold each time, up to the longest. */
const FIRST = 5_000;
const FACTOR = 4;
const LONGEST = 300_000;

interface CoolDown {
  readonly rejected: AuthResult;
  readonly delay: number;
  readonly until: number;
}

/** The pipeline whose credentials are renewed. */
export interface RenewalOptions<Request> {
  readonly server: ServerConfig;
  /** What a request would carry now. */
  authorize(request: Request): AuthorizedHeaders | Promise<AuthorizedHeaders>;
  /** Whose credential it was that went out. */
  resultOf(authorized: AuthorizedHeaders): AuthResult | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Decides about one rejected request: see `Authorizer.rejected`. */
export type Renewal<Request> = (
  authorized: AuthorizedHeaders,
  rejection: Rejection,
  request: Request,
) => Promise<AuthorizedHeaders | undefined>;

/**
 * Keeps a server that rejects everything from turning into a storm on the secret store. For each plugin instance and kind of
 * rejection there is one cool-down: 403s that have to do with something else must not keep a rotation, which shows as 401, from
 * being noticed, nor a login page from being explained.
 */
export function createRenewal<Request>(options: RenewalOptions<Request>): Renewal<Request> {
  const { server, authorize, resultOf, clock, logger } = options;
  const coolDowns = new Map<string, CoolDown>();
  const refreshes = new Map<string, Promise<boolean>>();

  /** What the request would carry now, if its credential is another one. */
  async function changed(result: AuthResult, request: Request): Promise<AuthorizedHeaders | undefined> {
    let current: AuthorizedHeaders;
    try {
      current = await authorize(request);
    } catch {
      // `refetch` asks again and reports it.
      return undefined;
    }
    const given = resultOf(current);
    return given === undefined || sameCredential(given, result) ? undefined : current;
  }

  /** Has the secret fetched anew, once for all who were rejected at the same time. Whether it changed. */
  async function renewed(result: AuthResult, kind: RejectionKind, request: Request): Promise<boolean> {
    const key = keyOf(result, kind);
    let refresh = refreshes.get(key);
    if (refresh === undefined) {
      if (clock.now() < (coolDownOf(result, kind)?.until ?? Number.NEGATIVE_INFINITY)) return false;
      refresh = refetch(result, kind, request).finally(() => refreshes.delete(key));
      refreshes.set(key, refresh);
    }
    return await refresh;
  }

  async function refetch(result: AuthResult, kind: RejectionKind, request: Request): Promise<boolean> {
    const { bound } = result;
    let why = `asked anew, ${bound.instance} gives the same one`;
    try {
      const invalidated = bound.provider.invalidate(kind === "unauthorized" ? "unauthorized" : "suspected");
      if (isPromise(invalidated)) await withTimeout(invalidated, bound, clock);
      const next = resultOf(await authorize(request));
      if (next !== undefined && !sameCredential(next, result)) return true;
    } catch (thrown) {
      why = pluginFault(thrown, bound.instance).message;
    }
    beginCoolDown(result, kind);
    logger.warn({ plugin: bound.instance, server: server.uri, reason: kind }, explain(bound, kind, why));
    return false;
  }

  /** The cool-down that is about this credential: what came in its place may be asked about at once. */
  function coolDownOf(result: AuthResult, kind: RejectionKind): CoolDown | undefined {
    const coolDown = coolDowns.get(keyOf(result, kind));
    return coolDown !== undefined && sameCredential(coolDown.rejected, result) ? coolDown : undefined;
  }

  function beginCoolDown(rejected: AuthResult, kind: RejectionKind): void {
    const before = coolDownOf(rejected, kind);
    const delay = before === undefined ? FIRST : Math.min(before.delay * FACTOR, LONGEST);
    coolDowns.set(keyOf(rejected, kind), { rejected, delay, until: clock.now() + delay });
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

  return async (authorized, { kind, body = "" }, request) => {
    const result = resultOf(authorized);
    if (result === undefined || authorized.provider === undefined) return undefined;
    if (kind === "forbidden" && (isPermissionDenial(body) || providerSaysDenial(result, body))) return undefined;
    // Another request's rejection, or the cache's own refresh, may have brought another secret already.
    const already = await changed(result, request);
    if (already !== undefined) return already;
    return (await renewed(result, kind, request)) ? await changed(result, request) : undefined;
  };
}

/** Whether a proxy in front of MLflow denies a permission, as far as the plugin knows that proxy. */
function providerSaysDenial({ bound: { provider } }: AuthResult, body: string): boolean {
  try {
    return provider.isPermissionDenial?.(body) === true;
  } catch {
    return false;
  }
}

const keyOf = ({ bound }: AuthResult, kind: RejectionKind) => `${kind} ${bound.instance}`;
