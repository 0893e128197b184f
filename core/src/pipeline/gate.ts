/**
 * The gate: the one place that decides what a request carries. The interceptor, the proxy and `headers()` ask it, and nothing
 * else, so that the rules for destinations, credentials and refusals exist once.
 */
import type { ServerConfig } from "../config/config.js";
import { compileDestinations } from "../destination/compile.js";
import type { Logger } from "../provider/context.js";
import type { Clock } from "../time/clock.js";
import { type AuthSlot, createAuthPipeline } from "./auth.js";
import type { Authorization } from "./compose.js";
import { createHeaderPipeline, type HeaderSlot } from "./headers.js";
import type { GateRequest } from "./request.js";
import { createRoute, type Refusal, type Route } from "./route.js";
import { createTagPipeline, type TagPipeline, type TagSlot } from "./tags.js";
import { createTrace, type Trace } from "./trace.js";

export interface Gate {
  /**
   * What to send. Answers without a promise while everything is cached.
   *
   * @returns undefined for a URL that belongs to no listed server: pass it on untouched
   * @throws MlflowAuthError (or rejects): the request must not be sent
   */
  authorize(request: GateRequest): Authorization | undefined | Promise<Authorization>;
  /**
   * What to do about an answer of which `suspicionOf` says that it may be about the credential.
   *
   * @returns another authorization to send the request with, once; undefined: pass the answer on
   */
  refused(authorization: Authorization, refusal: Refusal, request: GateRequest): Promise<Authorization | undefined>;
  /**
   * What gives the tags of the runs that are created on the server of `url`. Without providers it gives none.
   *
   * @returns undefined for a URL that belongs to no listed server
   */
  tagPipeline(url: string): TagPipeline | undefined;
}

export interface GateOptions {
  readonly servers: readonly ServerProviders[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A listed server and its providers, in the order in which they are asked. */
export interface ServerProviders {
  readonly server: ServerConfig;
  readonly auth: readonly AuthSlot[];
  readonly headers: readonly HeaderSlot[];
  readonly tags: readonly TagSlot[];
}

export function createGate({ servers, clock, logger }: GateOptions): Gate {
  const routes = servers.map(({ server, auth, headers, tags }) => {
    const authPipeline = auth.length === 0 ? undefined : createAuthPipeline(auth, clock, logger);
    const headerPipeline = headers.length === 0 ? undefined : createHeaderPipeline(headers, clock, logger);
    const tagPipeline = createTagPipeline({ server, slots: tags, clock, logger });
    return createRoute({ server, authPipeline, headerPipeline, headers, tagPipeline, clock, logger });
  });
  const routeOf = new Map(routes.map((route) => [route.server, route]));
  const destinations = compileDestinations(routes);
  const trace = createTrace(logger);
  const warned = new Set<Route>();

  function warnOfNearMiss(url: string): void {
    if (warned.size === routes.length) return;
    const route = destinations.nearMiss(url);
    if (route === undefined || warned.has(route)) return;
    warned.add(route);
    const message = `a request to the host of ${route.uri} goes out without credentials: its scheme, host name, port or path is another, or it is written in a way that servers read differently`;
    logger.warn({ server: route.uri, reason: "near miss" }, message);
  }

  function authorize(request: GateRequest): Authorization | undefined | Promise<Authorization> {
    const route = destinations.match(request.url);
    if (route !== undefined) return trace === undefined ? route.authorize(request) : traced(trace, route, request);
    warnOfNearMiss(request.url);
    trace?.unlisted(request);
    return undefined;
  }

  async function traced(trace: Trace, route: Route, request: GateRequest): Promise<Authorization> {
    try {
      const authorization = await route.authorize(request);
      trace.listed(request, authorization);
      return authorization;
    } catch (thrown) {
      trace.failed(request, route.uri, thrown);
      throw thrown;
    }
  }

  return {
    authorize,
    async refused(authorization, refusal, request) {
      const route = routeOf.get(authorization.server) as Route;
      const next = await route.refused(authorization, refusal, request);
      trace?.refused(request, refusal.suspicion, authorization, next);
      return next;
    },
    tagPipeline: (url) => destinations.match(url)?.tagPipeline,
  };
}
