/**
 * The gate: the one place that decides what a request carries. The interceptor, the proxy and `headers()` ask it, and nothing
 * else, so that the rules for destinations, credentials and refusals exist once.
 */
import type { ServerConfig } from "../config/config.js";
import type { Destinations } from "../destination/compile.js";
import type { Logger } from "../provider/context.js";
import type { Clock } from "../time/clock.js";
import { createAuthPipeline } from "./auth.js";
import type { Authorization } from "./compose.js";
import { createHeaderPipeline } from "./headers.js";
import type { GateRequest } from "./request.js";
import { createRoute, type Refusal, type Route, type RouteSlots } from "./route.js";

export interface Gate {
  /**
   * What to send. Answers without a promise while everything is cached.
   *
   * @returns undefined for a URL that belongs to no listed server: pass it on untouched
   * @throws MlflowAuthError (or rejects): the request must not be sent
   */
  authorize(request: GateRequest): Authorization | undefined | Promise<Authorization>;
  /**
   * What to do about an answer.
   *
   * @returns another authorization to send the request with, once; undefined: pass the answer on
   */
  refused(authorization: Authorization, response: Refusal, request: GateRequest): Promise<Authorization | undefined>;
}

export interface GateOptions {
  readonly destinations: Destinations<ServerConfig>;
  /** The providers of each listed server. */
  readonly slots: ReadonlyMap<ServerConfig, RouteSlots>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createGate({ destinations, slots, clock, logger }: GateOptions): Gate {
  const routes = new Map<ServerConfig, Route>();
  for (const [server, { auth, headers }] of slots) {
    const authPipeline = auth.length === 0 ? undefined : createAuthPipeline(auth, clock, logger);
    const headerPipeline = headers.length === 0 ? undefined : createHeaderPipeline(headers, clock, logger);
    routes.set(server, createRoute({ server, authPipeline, headerPipeline, headers, clock, logger }));
  }
  const warned = new Set<ServerConfig>();

  function warnOfNearMiss(url: string): void {
    if (warned.size === routes.size) return;
    const server = destinations.nearMiss(url);
    if (server === undefined || warned.has(server)) return;
    warned.add(server);
    const message = `a request to the host of ${server.uri} goes out without credentials: its scheme, port or path is another, or it is written in a way that servers read differently`;
    logger.warn({ server: server.uri, reason: "near miss" }, message);
  }

  return {
    authorize(request) {
      const server = destinations.match(request.url);
      if (server !== undefined) return (routes.get(server) as Route).authorize(request);
      warnOfNearMiss(request.url);
      return undefined;
    },
    refused(authorization, response, request) {
      return (routes.get(authorization.server) as Route).refused(authorization, response, request);
    },
  };
}
