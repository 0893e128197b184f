import type { ServerAnswer } from "./server-versions.js";

/** What the authorizer is asked about: one hop of one request. */
export interface AuthorizerRequest {
  /** Absolute, as it will be sent, or as the client wrote it. */
  readonly url: string;
  readonly method: string;
  /** Scheme, host and port of what is sent, with its path and query as they stand in the request line: both, or neither. */
  readonly origin?: string | undefined;
  readonly path?: string | undefined;
  /** The path that the client asked for, where a plugin has rewritten it. */
  readonly askedPath?: string | undefined;
  /**
   * Shows the client's own headers, by which only few requests are judged. Undefined where they are not known: somebody asks for the
   * headers to send, and sends by himself.
   */
  eachHeader?(visit: (name: string, value: unknown) => void): void;
  /** GETs another URL of the same server the way that this request goes, with the server's credential and within a time limit. */
  readonly ask?: ((url: string) => Promise<ServerAnswer>) | undefined;
}
