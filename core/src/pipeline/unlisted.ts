/** What becomes of a request that no listed server is meant by: it goes untouched, but for what it may be taken for. */
import { type Destination, type Destinations, misleadingPath } from "../destination/destinations.js";
import type { Logger } from "../provider/context.js";
import type { AuthorizerRequest } from "./authorizer-request.js";

/** What is asked about requests that {@link Destinations.match} knows no server for. */
export interface UnlistedRequests {
  /**
   * Lets it pass, and warns where it comes near a listed server: once for each.
   *
   * @throws MlflowAuthError `PATH_MISLEADING`: it must not be sent
   */
  pass(request: AuthorizerRequest): undefined;
  /** @throws MlflowAuthError `PATH_MISLEADING` for a misleading path */
  refuseMisleading(request: Omit<AuthorizerRequest, "method">): void;
}

/**
 * Over the listed servers.
 *
 * @param count how many there are: once each was warned of, nobody looks any more
 */
export function createUnlistedRequests<T extends Destination>(
  destinations: Destinations<T>,
  count: number,
  logger: Logger,
): UnlistedRequests {
  const warned = new Set<T>();

  function refuseMisleading({ url, origin, path }: Omit<AuthorizerRequest, "method">): void {
    const parsed = path === undefined ? URL.parse(url) : undefined;
    const misled = destinations.misled(origin ?? parsed?.origin ?? "", path ?? parsed?.pathname ?? "");
    if (misled !== undefined) throw misleadingPath(misled);
  }

  function warnOfNearMiss(url: string): void {
    if (warned.size === count) return;
    const near = destinations.nearMiss(url);
    if (near === undefined || warned.has(near)) return;
    warned.add(near);
    const message = `a request to the host of ${near.uri} goes out without credentials: its scheme, host name, port or path is another, or it names a user`;
    logger.warn({ server: near.uri, reason: "near miss" }, message);
  }

  return {
    pass(request) {
      refuseMisleading(request);
      warnOfNearMiss(request.url);
    },
    refuseMisleading,
  };
}
