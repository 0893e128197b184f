/** Most plugins are one function: an auth provider made from "fetch one credential, and say when it ends". */
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { CachePolicy, Fetched } from "../secret/cache.js";
import { type CredentialOptions, credentialHeaders, parseSecretFields } from "../secret/credential.js";
import { isSecret, Secret } from "../secret/secret.js";
import type { Factory, PluginContext } from "./context.js";
import type { Auth, ProviderHeaders, ProviderRequest } from "./provider.js";

/** What a fetch brought: one of a token, a user with a password, or whole headers; and when it ends. */
export type FetchedCredential = FetchedToken | FetchedUser | FetchedHeaders;

/** Sent as `Authorization: Bearer TOKEN`, or as the option `credential` says. */
export interface FetchedToken extends CredentialTerms {
  /** Trimmed; not empty, and on one line. */
  readonly token: Secret | string;
  /** Held beside it, and sent in its place where the file says `mode: basic`. */
  readonly username?: Secret | string | undefined;
  /** Goes with `username`. */
  readonly password?: Secret | string | undefined;
}

/** Sent as `Authorization: Basic …`, or as the option `credential` says. */
export interface FetchedUser extends CredentialTerms {
  /** Without a colon, which Basic authentication can't carry. */
  readonly username: Secret | string;
  /** Trimmed; not empty, and on one line. */
  readonly password: Secret | string;
}

/** Sent as they are. Every value counts as a credential: none is ever printed. */
export interface FetchedHeaders extends CredentialTerms {
  /** Name to value, at least one. */
  readonly headers: ProviderHeaders;
}

/** For how long a credential may be used, and which one it is. */
export interface CredentialTerms {
  /** When it ends: a Date, or milliseconds since the Unix epoch. Never used from then on. Default: it has no end of its own. */
  readonly expiresAt?: Date | number | undefined;
  /** Milliseconds from now that the backend grants, in place of `expiresAt`. Never exceeded. */
  readonly lease?: number | undefined;
  /** As in `Auth`. */
  readonly id?: string | undefined;
  /** What it is called at the start of a sentence: `the secret mlflow/auth`. Default: `the credential`. */
  readonly name?: string | undefined;
}

/** Options that core reads where a plugin's schema has them: refer to `mlflow-auth:values#/$defs/credential` and `/cache`. */
export interface CredentialProviderOptions {
  /** How the credential is sent. Default: in `Authorization`; `bearer` for a token, `basic` for a user and a password. */
  readonly credential?: Partial<CredentialOptions> | undefined;
  /** How long it is used: `ttl` at least 1 s and at most 24 h. Default: 5 minutes, and not beyond that. */
  readonly cache?: CachePolicy | undefined;
}

/** What a plugin's author says beside the fetch. */
export interface CredentialProviderSettings {
  /**
   * Which credential a request needs, where one instance has several: by audience, by user, by host. Requests with the same key
   * share one. Default: one for all.
   */
  key?(request: ProviderRequest): string;
  /** Releases what the plugin opened: timers, clients, logins. */
  close?(): void | Promise<void>;
}

/** Milliseconds between which `cache.ttl` is kept. */
const TTL = { shortest: 1_000, longest: 24 * 3_600_000 };
/** As milliseconds it is March 1973; as seconds, which JWTs and most APIs count in, it is beyond the year 5000. */
const SECONDS_BELOW = 100_000_000_000;

/**
 * Makes the factory of an auth provider. Core does the rest: one fetch for all who wait, renewal ahead of the end, use of the old
 * one in an outage (`cache.maxStale`), back-off after a failure, invalidation after a rejection, and the header.
 *
 *     export const createRequestAuthProvider = credentialProvider(async (options) => ({ token: await options.token.read() }));
 *
 * @param fetch asks the backend once. What it throws is a failed fetch: throw `context.error(…)`, with `transient` for an outage.
 *   `request` is the one that waits for the credential; with a `key`, one of those with its key
 * @typeParam Options as the schema makes them; core reads `credential` and `cache` of {@link CredentialProviderOptions} where they have them
 */
export function credentialProvider<Options extends object>(
  fetch: (
    options: Options,
    context: PluginContext,
    request: ProviderRequest,
  ) => FetchedCredential | PromiseLike<FetchedCredential>,
  { key = () => "credential", close }: CredentialProviderSettings = {},
): Factory<"mlflow.request_auth_provider", Options> {
  return (options, context) => {
    const { cache = {}, credential: shape }: CredentialProviderOptions = options;
    const { ttl = 300_000, maxStale } = cache;
    const policy = { ttl: Math.min(Math.max(ttl, TTL.shortest), TTL.longest), maxStale };
    const { secrets } = context;
    let asking: ProviderRequest;
    let warned = false;
    // One function for all requests, for this is on the path of each: the cache calls it before `getAuth` returns, or not at all.
    const fetched = async () => {
      const credential = await fetch(options, context, asking);
      if (!warned && holdsBoth(credential)) {
        warned = true;
        warnOfBoth(credential, shape, context);
      }
      return authOf(credential, shape, context);
    };
    return {
      getAuth(request) {
        asking = request;
        return secrets.get(key(request), fetched, policy);
      },
      invalidate(kind, { request }) {
        if (kind === "unauthorized") secrets.invalidate(key(request));
        else secrets.expire(key(request));
      },
      ...(close === undefined ? {} : { close }),
    };
  };
}

function holdsBoth(fetched: FetchedCredential): fetched is FetchedToken {
  const { token, username, password } = (fetched ?? {}) as Partial<FetchedToken>;
  return token !== undefined && username !== undefined && password !== undefined;
}

function warnOfBoth(
  { name = "the credential" }: CredentialTerms,
  shape: CredentialProviderOptions["credential"],
  { instance, logger }: PluginContext,
): void {
  const sent = shape?.mode === "basic" ? "the user and the password are" : "the token is";
  const message = `${name} holds a token as well as a username and a password: ${sent} sent, as credential.mode says`;
  logger.warn({ plugin: instance }, message);
}

function authOf(
  fetched: FetchedCredential,
  shape: CredentialProviderOptions["credential"],
  context: PluginContext,
): Fetched<Auth> {
  if (typeof fetched !== "object" || fetched === null) throw wrong("is not an object", context);
  const { id, lease } = fetched;
  const expiresAt = endOf(fetched, context);
  const headers = headersOf(fetched, shape, context);
  const value = Object.freeze({
    headers,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(id !== undefined && { id }),
  });
  return { value, lease };
}

/** Milliseconds since the Unix epoch. */
function endOf({ expiresAt, lease }: CredentialTerms, context: PluginContext): number | undefined {
  if (lease !== undefined) {
    if (typeof lease !== "number" || Number.isNaN(lease)) throw wrong("has a lease that is not a number", context);
    if (expiresAt !== undefined) throw wrong("has both expiresAt and lease, and only one can be its end", context);
  }
  if (expiresAt === undefined) return undefined;
  const time = expiresAt instanceof Date ? expiresAt.getTime() : expiresAt;
  if (typeof time !== "number" || Number.isNaN(time)) {
    throw wrong("has an expiresAt that is neither a Date nor a number of milliseconds", context);
  }
  if (time > 0 && time < SECONDS_BELOW) {
    throw wrong("has an expiresAt in seconds, where milliseconds since 1970 are meant", context);
  }
  return time;
}

function headersOf(
  fetched: FetchedCredential,
  shape: CredentialProviderOptions["credential"],
  context: PluginContext,
): ProviderHeaders {
  if ("headers" in fetched) {
    const { headers } = fetched;
    if (typeof headers !== "object" || headers === null) throw wrong("has headers that are not an object", context);
    return Object.freeze(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hidden(value)])));
  }
  if (!("token" in fetched) && !("username" in fetched)) {
    throw wrong("has neither a token, nor a username and a password, nor headers", context);
  }
  const place = { name: fetched.name ?? "the credential", error: context.error };
  const credential = parseSecretFields(textsOf(fetched), place);
  const mode = shape?.mode ?? (credential.kind === "user" ? "basic" : "bearer");
  return credentialHeaders(credential, { mode, header: shape?.header ?? "Authorization" }, place);
}

/** A value of another type is left to core's check, which says what is wrong with it. */
function hidden(value: unknown): Secret {
  return (typeof value === "string" ? new Secret(value) : value) as Secret;
}

function textsOf(fetched: FetchedToken | FetchedUser): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of ["token", "username", "password"]) {
    const value = (fetched as unknown as Record<string, unknown>)[name];
    if (value !== undefined) fields[name] = isSecret(value) ? value.reveal() : value;
  }
  return fields;
}

/** A mistake in the plugin, which its user can't put right. */
function wrong(what: string, { instance }: PluginContext): MlflowAuthError {
  return new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} fetched a credential that ${what}`, {
    plugin: instance,
    remedy: "report this to the plugin's author",
  });
}
