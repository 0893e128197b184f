/** Requests that are signed for AWS: the entry point `sigv4` that package.json names. */
import type { Auth, Factory, PluginContext, ProviderRequest } from "@mlflow-auth/core/plugin";
import { canonicalSearch } from "./canonical-query.js";
import { isAccessDenial } from "./denials.js";
import { explainRejection } from "./explain-rejection.js";
import { createKeyReader, type HeldKeys } from "./fetch-keys.js";
import type { Sigv4Options } from "./generated/options.js";
import { ServerClocks } from "./server-clocks.js";
import { sign } from "./sign.js";
import { createTargets } from "./target.js";

const KEYS = "keys";
/** Keys that end say so themselves: milliseconds for which they are kept at most. */
const POLICY = { ttl: 24 * 3_600_000 };
/** Milliseconds between two logins for answers that may not be about the login at all: each would bring new keys. */
const BETWEEN_SUSPICIONS = 60_000;

/** What the signatures of an `Auth` are made with. */
interface Signer {
  readonly keys: HeldKeys;
  /** Milliseconds that the server's clock is ahead of ours. */
  readonly ahead: number;
}

/** Loads nothing of the AWS SDK before the first request. */
export const createRequestAuthProvider: Factory<"mlflow.request_auth_provider", Sigv4Options> = (given, context) => {
  const { clock, secrets } = context;
  const options = withEnvironment(given, context);
  const reader = createKeyReader(options, context);
  const clocks = new ServerClocks(context);
  const targetOf = createTargets(options, context);
  const signers = new WeakMap<Auth, Signer>();
  /** By the server's URI, of which a file has few. */
  const latest = new Map<string, Auth>();
  let suspectedAt = Number.NEGATIVE_INFINITY;

  function authFor({ url, server: { uri } }: ProviderRequest, keys: HeldKeys): Auth {
    const ahead = clocks.ahead(uri);
    const last = latest.get(uri);
    const signer = last && signers.get(last);
    if (last !== undefined && signer?.keys === keys && signer.ahead === ahead) return last;
    // What can never be signed is told before the body is read.
    targetOf(url, keys.region);
    const id = ahead === 0 ? keys.id : `${keys.id}, ${ahead} ms ahead`;
    const auth: Auth = Object.freeze({ headers: Object.freeze({}), id, expiresAt: keys.expiresAt });
    signers.set(auth, { keys, ahead });
    latest.set(uri, auth);
    return auth;
  }

  return {
    getAuth(request) {
      const keys = secrets.get(KEYS, reader.fetch, POLICY);
      return keys instanceof Promise ? keys.then((held) => authFor(request, held)) : authFor(request, keys);
    },
    invalidate(kind, { request: { server }, serverTime }) {
      if (clocks.correct(server.uri, serverTime)) return;
      if (kind === "unauthorized") return secrets.invalidate(KEYS);
      if (clock.now() - suspectedAt < BETWEEN_SUSPICIONS) return;
      suspectedAt = clock.now();
      secrets.expire(KEYS);
    },
    isPermissionDenial: isAccessDenial,
    explainRejection: (text) =>
      explainRejection(text, {
        instance: context.instance,
        service: options.service ?? "execute-api",
        region: options.region,
      }),
    signRequest(request, auth) {
      const { keys, ahead } = signers.get(auth) as Signer;
      const target = targetOf(request.url, keys.region);
      return sign(request, { keys, target, date: new Date(clock.wallTime() + ahead) }, context);
    },
    rewrite: {
      to(url) {
        const search = canonicalSearch(url.search);
        if (search !== url.search) url.search = search;
        return url;
      },
      // The same address in another spelling: every server reads both alike.
      back: (url) => url,
    },
  };
};

/**
 * What the AWS SDKs take from these variables. The schema does not name them: they are set on many machines, and where they are set nobody
 * has asked for signatures yet.
 */
function withEnvironment(options: Sigv4Options, { env }: PluginContext): Sigv4Options {
  const { AWS_PROFILE, AWS_CA_BUNDLE } = env;
  const profile = options.profile ?? (AWS_PROFILE || undefined);
  const caFile = options.tls.caFile ?? (AWS_CA_BUNDLE || undefined);
  return { ...options, ...(profile !== undefined && { profile }), tls: caFile === undefined ? {} : { caFile } };
}
