import type { ServerConfig } from "../config/config.js";
import type { ProviderRequest } from "../provider/provider.js";

/** What the gate is asked about: one hop of one request. */
export interface GateRequest {
  /** Absolute, as it will be sent, or as the client wrote it. */
  readonly url: string;
  readonly method: string;
}

/** Parses the URL only if a provider looks at it: most don't, and this is on the path of every request. */
export class LazyProviderRequest implements ProviderRequest {
  readonly method: string;
  readonly server: ServerConfig;
  readonly #text: string;
  #url: URL | undefined;

  constructor(request: GateRequest, server: ServerConfig) {
    this.method = request.method;
    this.server = server;
    this.#text = request.url;
  }

  get url(): URL {
    this.#url ??= new URL(this.#text);
    return this.#url;
  }
}
