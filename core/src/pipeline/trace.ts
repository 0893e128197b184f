/** What the authorizer decided, for a log at debug: which server, plugin and header names, and why. Never a value, path or query. */
import type { RejectionKind } from "../mlflow/rejection.js";
import type { Logger } from "../provider/context.js";
import type { AuthorizerRequest } from "./authorizer-request.js";
import type { AuthorizedHeaders } from "./compose.js";

interface TracedRequest {
  readonly method: string;
  readonly url: string;
}

/** A line at debug for each decision. */
export interface Trace {
  listed(request: TracedRequest, authorized: AuthorizedHeaders): void;
  unlisted(request: TracedRequest): void;
  failed(request: TracedRequest, server: string, error: unknown): void;
  /** @param next what the request may be sent with once more */
  rejected(
    request: TracedRequest,
    kind: RejectionKind,
    authorized: AuthorizedHeaders,
    next: AuthorizedHeaders | undefined,
  ): void;
}

const answers: Record<RejectionKind, string> = {
  unauthorized: "answered 401",
  forbidden: "answered 403",
  "login-page": "answered a login page",
};

/** Undefined unless somebody reads it, so that the path of every request is free of it. */
export function createTrace(logger: Logger): Trace | undefined {
  if (logger.isLevelEnabled?.("debug") === false) return undefined;
  return {
    listed({ method }, { server, provider, headers, sources, replacesClientCredentials }) {
      const names = headers.map(([name]) => name);
      const given = names.map((name) => `${name} from ${sources[name]}`).join(", ") || "no headers";
      const why =
        provider ??
        (replacesClientCredentials
          ? "goes without a credential on purpose"
          : "the client's own credentials pass: auth is []");
      logger.debug(
        {
          server: server.uri,
          headers: names,
          reason: provider === undefined ? why : "listed",
          ...(provider ? { plugin: provider } : {}),
        },
        `${method} to ${server.uri}: ${given}`,
      );
    },
    unlisted({ method, url }) {
      const origin = URL.parse(url)?.origin ?? "a URL that can't be parsed";
      logger.debug(
        { reason: "unlisted" },
        `${method} to ${origin}: passed untouched, it belongs to no server of the file`,
      );
    },
    failed({ method }, server, error) {
      const code = (error as { code?: unknown } | undefined)?.code;
      logger.debug(
        { server, ...(typeof code === "string" ? { code } : {}) },
        `${method} to ${server}: not sent, there is no credential`,
      );
    },
    rejected({ method }, kind, { server, provider }, next) {
      const then =
        next === undefined
          ? "there is no other credential now, so the answer is passed on"
          : `${next.provider} has another credential by now; it goes once more if its body can be sent again`;
      logger.debug(
        { server: server.uri, reason: kind, ...(provider ? { plugin: provider } : {}) },
        `${method} to ${server.uri}: ${answers[kind]}; ${then}`,
      );
    },
  };
}

/** What a server's pipeline answers, told on its way. */
export async function traced(
  trace: Trace,
  pipeline: {
    readonly uri: string;
    authorize(request: AuthorizerRequest): AuthorizedHeaders | Promise<AuthorizedHeaders>;
  },
  request: AuthorizerRequest,
): Promise<AuthorizedHeaders> {
  try {
    const authorized = await pipeline.authorize(request);
    trace.listed(request, authorized);
    return authorized;
  } catch (thrown) {
    trace.failed(request, pipeline.uri, thrown);
    throw thrown;
  }
}
