/** Makes an authorizer of the servers and providers of a configuration. */
import type { Config, ServerConfig } from "../config/config.js";
import { compileDestinations } from "../destination/destinations.js";
import { severalSlashes } from "../destination/several-slashes.js";
import { withoutQueryCredentials } from "../http/client-credentials.js";
import { isBelowGateway } from "../mlflow/gateway.js";
import type { Rejection } from "../mlflow/rejection.js";
import type { Logger } from "../provider/context.js";
import { anonymous, type ProviderRequest } from "../provider/provider.js";
import type { HeldClock } from "../time/clock.js";
import { createAnswers } from "./answers.js";
import { type AuthResult, type BoundAuth, createAuthPipeline } from "./auth.js";
import type { Authorizer } from "./authorizer.js";
import type { AuthorizerRequest } from "./authorizer-request.js";
import { type AuthorizedHeaders, compose } from "./compose.js";
import { createDetours, type Detour } from "./detours.js";
import { createGateway } from "./gateway.js";
import { type BoundHeaders, createHeaderPipeline, type ExtraHeaders, sameHeaders } from "./headers.js";
import { createRemovalWarnings } from "./removals.js";
import { createRenewal } from "./renewal.js";
import { type BoundTags, createTagPipeline, type TagPipeline } from "./tags.js";
import { createTrace, traced } from "./trace.js";
import { createUnlistedRequests } from "./unlisted.js";

/** What an authorizer is made of: everything in it is open already. */
export interface AuthorizerOptions<Agent> {
  readonly config: Config;
  /** The listed servers, in the file's order. */
  readonly servers: readonly ServerProviders[];
  readonly clock: HeldClock;
  readonly logger: Logger;
  /** Whether the requests are those of other programs, MLflow's Python client among them. Default: no. */
  readonly pythonsToo?: boolean;
  readonly agents?: ReadonlyMap<ServerConfig, Agent>;
  readonly close?: () => Promise<void>;
}

/** A listed server and its providers, in the order in which they are asked. */
export interface ServerProviders {
  readonly server: ServerConfig;
  readonly auth: readonly BoundAuth[];
  readonly headers: readonly BoundHeaders[];
  readonly tags: readonly BoundTags[];
}

/** One listed server and its pipelines. */
interface ServerPipeline {
  readonly uri: string;
  readonly server: ServerConfig;
  readonly tagPipeline: TagPipeline;
  readonly authorize: Authorize;
  /** The same for a request below the server's AI gateway. */
  readonly authorizeBelowGateway: Authorize;
  renew(
    authorized: AuthorizedHeaders,
    rejection: Rejection,
    request: AuthorizerRequest,
  ): Promise<AuthorizedHeaders | undefined>;
  describe: Authorizer<never>["describe"];
  explainRejection: Authorizer<never>["explainRejection"];
}

type Authorize = (request: AuthorizerRequest) => AuthorizedHeaders | Promise<AuthorizedHeaders>;

/** @param options its servers must be those of its configuration: each is known by its object */
export function createAuthorizer<Agent>(options: AuthorizerOptions<Agent>): Authorizer<Agent> {
  const { config, servers, clock, logger, agents, pythonsToo = false, close = async () => undefined } = options;
  const pipelines = servers.map((providers) => createServerPipeline(providers, clock, logger));
  const pipelineOf = new Map(pipelines.map((pipeline) => [pipeline.server, pipeline]));
  const gateways = new Map(pipelines.map((pipeline) => [pipeline, gatewayOf(pipeline)]));
  const destinations = compileDestinations(pipelines, (pipeline) => gateways.get(pipeline) as ServerPipeline);
  const detours = createDetours(servers, (origin, path) => destinations.matchPath(origin, path)?.server, clock);
  const trace = createTrace(logger);
  const unlistedRequests = createUnlistedRequests(destinations, pipelines.length, logger);

  function match({ url, origin, path, askedPath }: AuthorizerRequest): ServerPipeline | undefined {
    const found =
      origin === undefined || path === undefined ? destinations.match(url) : destinations.matchPath(origin, path);
    // By either address: a server in front may lead it back to the gateway that the client asked for.
    const isGateways = askedPath !== undefined && found !== undefined && isBelowGateway(askedPath, found.uri);
    return (isGateways && gateways.get(found)) || found;
  }

  function detourOf(request: AuthorizerRequest): Detour | undefined {
    const pipeline = match(request);
    return pipeline && detours.get(pipeline.server);
  }

  function authorize(request: AuthorizerRequest): AuthorizedHeaders | undefined | Promise<AuthorizedHeaders> {
    const pipeline = match(request);
    if (pipeline === undefined) return unlisted(request);
    return trace === undefined ? pipeline.authorize(request) : traced(trace, pipeline, request);
  }

  function unlisted(request: AuthorizerRequest): undefined {
    unlistedRequests.pass(request);
    trace?.unlisted(request);
  }

  return {
    config,
    serverFor: (url) => destinations.match(url)?.server,
    nearMiss: (url) => destinations.nearMiss(url)?.server,
    refuseMisleading: unlistedRequests.refuseMisleading,
    slashes: severalSlashes(destinations),
    detourOf: detours.size === 0 ? undefined : detourOf,
    authorize,
    async rejected(authorized, rejection, request) {
      const next = await (pipelineOf.get(authorized.server) as ServerPipeline).renew(authorized, rejection, request);
      trace?.rejected(request, rejection.kind, authorized, next);
      return next;
    },
    describe: (authorized) => (pipelineOf.get(authorized.server) as ServerPipeline).describe(authorized),
    explainRejection: (authorized, text) =>
      (pipelineOf.get(authorized.server) as ServerPipeline).explainRejection(authorized, text),
    tags: (server, run) => (pipelineOf.get(server) as ServerPipeline).tagPipeline.resolve(run),
    warnUntagged: (server, why) => pipelineOf.get(server)?.tagPipeline.warnUntagged(why),
    warnRemoved: createRemovalWarnings(logger),
    answers: createAnswers(logger, clock, pythonsToo),
    agentFor: (server) => agents?.get(server),
    close,
  };
}

/** A server's AI gateway takes its place for the requests that go there: all others are free of the question. */
function gatewayOf(pipeline: ServerPipeline): ServerPipeline {
  return { ...pipeline, authorize: pipeline.authorizeBelowGateway };
}

/**
 * Parses the URL only if a provider looks at it: most don't, and this is on the path of every request. Anew for each look, so that
 * no provider can change what the next one sees.
 */
class LazyProviderRequest implements ProviderRequest {
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

const noHeaders: readonly ExtraHeaders[] = Object.freeze([]);

function createServerPipeline(
  { server, auth, headers, tags }: ServerProviders,
  clock: HeldClock,
  logger: Logger,
): ServerPipeline {
  const { uri } = server;
  const authPipeline = auth.length === 0 ? undefined : createAuthPipeline(server, auth, clock, logger);
  const headerPipeline = headers.length === 0 ? undefined : createHeaderPipeline(uri, headers, clock, logger);
  const gateway = createGateway({
    server,
    // Without the header plugins: what they add would go on to LLM providers.
    resolve: (request) => authPipeline?.resolve(new LazyProviderRequest(request, server)),
    others: headers.filter(({ isCredential }) => isCredential === true).map(({ instance }) => instance),
    made: noted,
    clock,
    logger,
  });
  const results = new WeakMap<AuthorizedHeaders, AuthResult>();
  let last:
    | { result: AuthResult | undefined; extra: readonly ExtraHeaders[]; authorized: AuthorizedHeaders }
    | undefined;

  function authorize(request: AuthorizerRequest): AuthorizedHeaders | Promise<AuthorizedHeaders> {
    const asked = new LazyProviderRequest(request, server);
    let result: AuthResult | undefined | Promise<AuthResult>;
    let extra: readonly ExtraHeaders[] | Promise<readonly ExtraHeaders[]>;
    // All providers of a request see the same time, and the clock is read once.
    clock.hold();
    try {
      result = authPipeline?.resolve(asked);
      extra = headerPipeline === undefined ? noHeaders : headerPipeline.resolve(asked);
    } finally {
      clock.release();
    }
    // Nearly always: what was answered last, neither of which is a promise.
    if (last !== undefined && last.result === result && last.extra === extra) return last.authorized;
    if (result instanceof Promise || extra instanceof Promise) {
      return Promise.all([result, extra]).then(([given, added]) => put(given, added));
    }
    return put(result, extra);
  }

  /** The same objects from the same providers make the same headers: composed and checked once. */
  function put(result: AuthResult | undefined, extra: readonly ExtraHeaders[]): AuthorizedHeaders {
    if (last !== undefined && last.result === result && sameHeaders(last.extra, extra)) return last.authorized;
    const authorized = noted(result, compose(server, result, extra, clock));
    last = { result, extra, authorized };
    return authorized;
  }

  function noted(result: AuthResult | undefined, authorized: AuthorizedHeaders): AuthorizedHeaders {
    if (result !== undefined) results.set(authorized, result);
    return authorized;
  }

  const renew = createRenewal({
    server,
    resultOf: (authorized) => results.get(authorized),
    clock,
    logger,
  });
  return {
    uri,
    server,
    tagPipeline: createTagPipeline({ server, providers: tags, clock, logger }),
    authorize,
    authorizeBelowGateway: gateway.authorize,
    async renew(authorized, rejection, request) {
      const { belowGateway } = authorized;
      const again = belowGateway ? gateway.authorize : authorize;
      const next = await renew(authorized, rejection, {
        asked: new LazyProviderRequest(request, server),
        authorize: () => again(request),
      });
      if (next === undefined && belowGateway) gateway.rejected(authorized, rejection.kind);
      return next;
    },
    async describe(authorized) {
      const { bound, auth = anonymous } = results.get(authorized) ?? {};
      return auth === anonymous ? undefined : await bound?.provider.describe?.(auth);
    },
    explainRejection: async (authorized, text) => results.get(authorized)?.bound?.provider.explainRejection?.(text),
  };
}
