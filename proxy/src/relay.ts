/** The way of a request through the proxy: judged, mapped to a listed server, sent with what the authorizer adds, answered. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createInterceptor, MlflowAuthError, type ServerConfig } from "@mlflow-auth/core/internal";
import type { Dispatcher } from "undici";
import { createAccess } from "./access.js";
import { type CreatedRuns, createRunWatch } from "./created-runs.js";
import { Exchange } from "./exchange.js";
import { failureOf } from "./failure.js";
import { FailureLog } from "./failure-log.js";
import { isLingering } from "./linger.js";
import type { OwnHosts } from "./own-hosts.js";
import { isRefusal, refuse } from "./refusal.js";
import { forwardedHeaders, type Rewriting } from "./request-headers.js";
import type { Routes, Target } from "./routes.js";
import { returnedCookie } from "./set-cookie.js";
import type { ProxyOptions } from "./start-proxy.js";
import { createUnlisted, type Unlisted } from "./unlisted.js";
import { collect, hasBody, isSmall, Upload } from "./upload.js";

export interface Relay {
  request(req: IncomingMessage, res: ServerResponse): void;
  /** Requests with the right token so far. */
  readonly uses: number;
  readonly createdRuns: CreatedRuns;
  readonly unlisted: Unlisted["addresses"];
  /** Lets each client know with its next answer that the connection ends. */
  drain(): void;
}

type Body = Buffer | Upload | null;

/** A request that may pass, and where to. */
interface Arrival {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly target: Target;
  /** As in {@link Admitted}. */
  readonly prefix: string;
}

const pathOf = (req: IncomingMessage) => (req.url as string).split("?", 1)[0];

/** Every listed server has an agent of its own, so nothing comes this way but what belongs to none. */
const refuseUnlisted: Dispatcher["dispatch"] = () => {
  throw new MlflowAuthError("DESTINATION_UNLISTED", "the request belongs to no server of the file");
};

export function createRelay(options: ProxyOptions, routes: Routes, hosts: OwnHosts): Relay {
  const { authorizer, logger, token } = options;
  const access = createAccess(token, hosts);
  const mountPoint = token === undefined ? "" : `/${token.reveal()}`;
  const failures = new FailureLog(logger);
  const dispatch = createInterceptor(authorizer)(refuseUnlisted);
  const answered = new Set<ServerConfig>();
  const runs = createRunWatch();
  const unlisted = createUnlisted(token);
  let uses = 0;
  let draining = false;

  const rewriting: Rewriting = {
    hosts,
    token,
    upstreamUrl(proxyUrl) {
      const { pathname, search } = new URL(proxyUrl);
      if (!pathname.startsWith(`${mountPoint}/`)) return undefined;
      const target = routes.resolve(pathname.slice(mountPoint.length) + search);
      return isRefusal(target) ? undefined : target.origin + target.path;
    },
  };

  function request(req: IncomingMessage, res: ServerResponse): void {
    if (isLingering(req.socket)) return;
    const admitted = access(req);
    if (isRefusal(admitted)) {
      refuse(req, res, admitted);
      return;
    }
    if (unlisted.take(req, res, admitted)) return;
    uses++;
    const { prefix } = admitted;
    if (admitted.path === "" && prefix !== "" && (req.method === "GET" || req.method === "HEAD")) {
      // Without the slash a browser would resolve the page's relative addresses outside of the token's path.
      res.writeHead(307, { location: `${prefix}/`, "content-length": 0 }).end();
      return;
    }
    const target = routes.resolve(admitted.path);
    if (isRefusal(target)) refuse(req, res, target);
    else receive({ req, res, target, prefix });
  }

  function receive(arrival: Arrival): void {
    const { req, res } = arrival;
    const begin = req.headers.expect === undefined ? undefined : () => res.writeContinue();
    if (!hasBody(req)) {
      send(arrival, null);
    } else if (isSmall(req)) {
      begin?.();
      collect(req, (body) => send(arrival, body));
    } else {
      send(arrival, new Upload(req, begin));
    }
  }

  function send(arrival: Arrival, body: Body): void {
    const { req, res, target, prefix } = arrival;
    const exchange = new Exchange({
      req,
      res,
      upload: body instanceof Upload ? body : undefined,
      returning: {
        location: (value) => locationFor(value, arrival),
        setCookie: (value) => returnedCookie(value, target, prefix, pathOf(req) === prefix),
      },
      closing: () => draining,
      answered() {
        answered.add(target.server);
        failures.answered(target.server.uri);
      },
      failed(error) {
        const failure = failureOf(error, target.server.uri, answered.has(target.server));
        failures.failed(error, failure.message, target.server.uri);
        refuse(req, res, failure);
      },
    });
    const options: Dispatcher.DispatchOptions = {
      origin: target.origin,
      path: target.path,
      method: req.method as Dispatcher.HttpMethod,
      headers: forwardedHeaders(req, target, rewriting),
      body: body as Buffer | null,
    };
    try {
      dispatch(options, runs.watch(arrival, exchange));
    } catch (thrown) {
      exchange.onResponseError(null, thrown as Error);
    }
  }

  /** A redirect within the listed server leads back to the proxy, with the token; any other goes to the client as it is meant. */
  function locationFor(value: string, { req, target, prefix }: Arrival): string {
    const url = URL.parse(value, target.origin + target.path);
    if (url === null) return value;
    const sameServer = url.origin === target.origin && routes.serverOf(url.href) === target.server;
    const path = sameServer ? routes.pathFor(url.href) : undefined;
    return path === undefined ? url.href : `http://${req.headers.host}${prefix}${path}`;
  }

  return {
    request,
    get uses() {
      return uses;
    },
    createdRuns: runs,
    unlisted: unlisted.addresses,
    drain() {
      draining = true;
    },
  };
}
