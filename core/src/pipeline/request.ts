import type { ServerConfig } from "../config/config.js";
import type { ProviderRequest } from "../provider/provider.js";
import { withoutQueryCredentials } from "./query-credentials.js";

/** What the gate is asked about: one hop of one request. */
export interface GateRequest {
  /** Absolute, as it will be sent, or as the client wrote it. */
  readonly url: string;
  readonly method: string;
}

/**
 * Parses the URL only if a provider looks at it: most don't, and this is on the path of every request. Anew for each look, so that
 * no provider can change what the next one sees.
 */
export class LazyProviderRequest implements ProviderRequest {
  readonly #request: GateRequest;
  readonly #server: ServerConfig;

  constructor(request: GateRequest, server: ServerConfig) {
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
