import type { ServerConfig } from "../config/config.js";
import { withoutQueryCredentials } from "../http/query-credentials.js";
import type { ProviderRequest } from "../provider/provider.js";

/** What the authorizer is asked about: one hop of one request. */
export interface AuthorizerRequest {
  /** Absolute, as it will be sent, or as the client wrote it. */
  readonly url: string;
  readonly method: string;
  /** Scheme, host and port of what is sent, with its path and query as they stand in the request line: both, or neither. */
  readonly origin?: string | undefined;
  readonly path?: string | undefined;
}

/**
 * Parses the URL only if a provider looks at it: most don't, and this is on the path of every request. Anew for each look, so that
 * no provider can change what the next one sees.
 */
export class LazyProviderRequest implements ProviderRequest {
  readonly #request: AuthorizerRequest;
  readonly #server: ServerConfig;

  constructor(request: AuthorizerRequest, server: ServerConfig) {
    this.#request = request;
    this.#server = server;
  }

  get url(): URL {
    const { url } = this.#request;
    return new URL(this.#server.auth.length === 0 ? url : withoutQueryCredentials(url));
  }

  get method(): string {
    return this.#request.method;
  }

  get server(): ServerConfig {
    return this.#server;
  }
}
