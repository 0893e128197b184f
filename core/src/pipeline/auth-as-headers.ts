/** A second lock: the credential of an auth provider as headers beside that of `auth`. */
import type { ServerConfig } from "../config/config.js";
import type { Logger } from "../provider/context.js";
import type { ProviderHeaders, RequestHeaderProvider } from "../provider/provider.js";
import type { Clock } from "../time/clock.js";
import { type AuthResult, type BoundAuth, createAuthPipeline } from "./auth.js";

const none: ProviderHeaders = Object.freeze({});

/**
 * What is listed under `headers` and only authenticates, as a front's own credential before MLflow's login. It is asked, checked and
 * refused as under `auth`, and never optional; but what a server rejects is taken for the credential of `auth` alone.
 */
export function authAsHeaders(
  server: ServerConfig,
  bound: BoundAuth,
  clock: Clock,
  logger: Logger,
): RequestHeaderProvider {
  const pipeline = createAuthPipeline(server, [bound], clock, logger);
  return {
    inContext: () => true,
    requestHeaders(request) {
      const result = pipeline.resolve(request);
      return result instanceof Promise ? result.then(headersOf) : headersOf(result);
    },
  };
}

/** The same object for the same credential. */
function headersOf({ auth }: AuthResult): ProviderHeaders {
  return typeof auth === "symbol" ? none : auth.headers;
}
