/** Puts what the pipelines gave together into the headers of one request, and refuses what must not be sent. */
import type { ServerConfig } from "../config/config.js";
import { headerKey } from "../http/client-credentials.js";
import { checkHeaders, headerCollision } from "../http/headers.js";
import { type Auth, anonymous, type ProviderHeaders } from "../provider/provider.js";
import type { Secret } from "../secret/secret.js";
import type { Clock } from "../time/clock.js";
import { pluginFault, type Thrower } from "./ask-provider.js";
import type { AuthResult } from "./auth.js";
import type { ExtraHeaders } from "./headers.js";
import { createSigning, type Signing } from "./signing.js";

/** A request's headers and where they came from. Frozen; the same object is reused while nothing changed. */
export interface AuthorizedHeaders {
  readonly server: ServerConfig;
  readonly headers: readonly (readonly [name: string, value: Secret | string])[];
  /** Header name, as in `headers`, to the instance that set it. */
  readonly sources: Readonly<Record<string, string>>;
  /** Every credential that the client brought must be removed first: the server has an auth provider. */
  readonly replacesClientCredentials: boolean;
  /** The request goes to MLflow's AI gateway: what its client has for an LLM provider stays, and no tag is added. */
  readonly belowGateway: boolean;
  /** The instance whose credential this is; undefined without one, or where the request goes bare on purpose. */
  readonly provider: string | undefined;
  /** Makes the rest of the credential, once all else of the request stands; undefined where the headers are all of it. */
  readonly signing: Signing | undefined;
}

/**
 * @param result undefined for a server without an auth provider
 * @throws MlflowAuthError `HEADER_COLLISION` if two plugins set one header; `HEADER_INVALID` or `PLUGIN_RESULT` for one that can't be sent
 */
export function compose(
  server: ServerConfig,
  result: AuthResult | undefined,
  extra: readonly ExtraHeaders[],
  clock: Clock,
): AuthorizedHeaders {
  const headers: [string, Secret | string][] = [];
  const owners = new Map<string, string>();
  const sources: Record<string, string> = Object.create(null);

  function add(thrower: Thrower, read: () => ProviderHeaders): void {
    const { instance } = thrower;
    for (const [name, value] of entriesOf(read, thrower)) {
      const owner = owners.get(headerKey(name));
      if (owner !== undefined) throw headerCollision(name, owner, instance, server.uri);
      owners.set(headerKey(name), instance);
      sources[name] = instance;
      headers.push([name, value]);
    }
  }

  const credential = result !== undefined && result.auth !== anonymous ? result : undefined;
  if (credential !== undefined) add(credential.bound, () => (credential.auth as Auth).headers);
  for (const { instance, headers: given } of extra) if (given !== undefined) add({ instance }, () => given);
  return Object.freeze({
    server,
    headers: Object.freeze(headers),
    sources: Object.freeze(sources),
    replacesClientCredentials: result !== undefined,
    belowGateway: false,
    provider: credential?.bound.instance,
    signing:
      credential?.bound.provider.signRequest === undefined
        ? undefined
        : createSigning(server, credential, owners, clock),
  });
}

function entriesOf(read: () => ProviderHeaders, thrower: Thrower): [name: string, value: Secret | string][] {
  try {
    return checkHeaders(read(), thrower.instance);
  } catch (thrown) {
    throw pluginFault(thrown, thrower);
  }
}
