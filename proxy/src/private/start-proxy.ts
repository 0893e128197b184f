/** The local proxy: a private HTTP server that passes requests on to listed servers, with the credentials of the authorizer. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basePathOf, type Logger, MlflowAuthError, type Secret } from "@mlflow-auth/core/internal";
import { answerClientFaults, answerLate, type FaultLogs } from "../http/client-faults.js";
import { Connections } from "../http/connections.js";
import { awaitFirstHeads } from "../http/first-head.js";
import { CONNECTIONS, createForwarder, type ForwarderOptions } from "../http/forward.js";
import { createRefusalLog } from "../http/refusal-log.js";
import { createRequestLog } from "../http/request-log.js";
import type { CreatedRuns } from "../http/run-watch.js";
import type { Upstream } from "../http/upstream.js";
import { type ListenAt, listen } from "./listen.js";
import { createOwnAddress, createToken, type OwnAddress } from "./own-address.js";
import { createRelay, type Relay } from "./relay.js";
import { createRoutes, type Routes } from "./routes.js";

/** Where a private proxy leads, where it listens, and for whom. */
export interface ProxyOptions extends ForwarderOptions {
  /** The base URL to which the proxy's own address leads. It must belong to a listed server. */
  readonly upstream: string;
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** A socket of that host that listens already, as another program opened it and handed it down. `port` counts for nothing then. */
  readonly descriptor?: number | undefined;
  /** The first segment of every path, or a bearer token. Undefined: none is asked for, so everybody who reaches the port uses the credentials. */
  readonly token: Secret | undefined;
  /** Base URLs of further listed servers that a browser may open: each gets a free port and, where one is asked for, a token of its own. */
  readonly browsable?: readonly string[] | undefined;
  /** Host names, without a port, by which clients address the proxy beside loopback and the address itself. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Milliseconds until the head of a request must be there. Default 10,000. */
  readonly headTimeout?: number | undefined;
  /** Milliseconds that a client may keep a transfer waiting. Default 60,000. How long the upstream takes has no limit here. */
  readonly idleTimeout?: number | undefined;
}

/** A private proxy that listens. */
export interface RunningProxy {
  /** What clients take as the tracking URI: `http://127.0.0.1:PORT/TOKEN`. It holds the token; don't log it. */
  readonly url: string;
  readonly port: number;
  /** The addresses of the further servers, in the order in which they were asked for. They hold tokens, too. */
  readonly browsable: readonly { readonly server: string; readonly url: string }[];
  /** Requests with the right token so far. */
  readonly uses: number;
  /** The URIs, as the file has them, of the servers for which one was answered: with a credential, or with why there is none. */
  readonly forwardedTo: ReadonlySet<string>;
  /** The runs that clients created so far. */
  readonly createdRuns: CreatedRuns;
  /** Addresses that no server of the file matches and that Python's MLflow used all the same: the first few. */
  readonly unlisted: readonly string[];
  /** The same for another URL of a listed server, also without a slash at its end; undefined if no server matches it. */
  urlFor(url: string): string | undefined;
  /** Accepts no more connections, lets the requests under way finish for `grace` milliseconds (default 0), then ends them. */
  close(options?: { grace?: number }): Promise<void>;
}

/**
 * How the authorizer of a proxy is to be opened: connections to one server, of which more requests wait for a free one; and no limit
 * to the time that a server takes, for that is for the client to decide.
 */
export const agentLimits = { connections: CONNECTIONS, timeout: 0, lenient: true } as const;

/** Milliseconds between two requests of a connection. */
const KEEP_ALIVE = 60_000;
/** Milliseconds for which clients that have not shown the token yet are waited for once the proxy stops: one of ours sends its request at once. */
const LATECOMERS = 1_000;
/** Bytes of a request's head: as many as an answer may have. */
const LONGEST_HEAD = 64 * 1024;

/** @throws MlflowAuthError `PROXY_LISTEN`; `DESTINATION_UNLISTED` if no server matches `upstream` or one of `browsable` */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { authorizer, upstream, host = "127.0.0.1", port = 0, descriptor, token, browsable = [] } = options;
  const connections = new Connections();
  const forwarder = createForwarder(options, connections);
  const refusals = createRefusalLog(options.logger);
  const requests = createRequestLog(authorizer, options.logger);
  const served: ServedAddress[] = [];
  /** One for each address, or none at all. */
  const tokens = token === undefined ? [] : [token, ...browsable.map(createToken)];

  function wayTo({ origin, server }: Upstream): string {
    const one = served.find(({ routes }) => routes.isHome({ origin, server }));
    const base = origin + basePathOf(server.uri);
    if (one === undefined) return `give this one a proxy of its own: mlflow-auth proxy --port 0 --server ${base}`;
    // A page of another server may read this. The token is for the person, who has it from the command.
    const token =
      one.own.token === undefined ? "" : ", followed by its token: `mlflow-auth proxy --json` prints them all";
    return `open ${base} at ${one.address}/${token}.`;
  }

  async function open(upstream: string, at: ListenAt, token: Secret | undefined): Promise<ServedAddress> {
    const routes = createRoutes(authorizer, upstream);
    if (routes.pathFor(upstream) === undefined) {
      throw new MlflowAuthError("DESTINATION_UNLISTED", "the upstream of the proxy is not a server of the file", {
        remedy: "list it in the file, or name one that is there with --server",
      });
    }
    const server = createListener(options, connections, { refusals, requests });
    await listen(server, at);
    const bound = (server.address() as AddressInfo).port;
    const name = host.includes(":") ? `[${host}]` : host;
    const otherTokens = tokens.filter((one) => one !== token);
    const own = createOwnAddress({ port: bound, names: [name, ...(options.allowHosts ?? [])], token, otherTokens });
    const { traffic, logger } = options;
    const relay = createRelay({ forwarder, connections, logger, refusals, requests, traffic, own, routes, wayTo });
    for (const event of ["request", "checkContinue", "checkExpectation"]) server.on(event, relay.request);
    server.on("error", warnOnce(logger));
    const one = { upstream, server, port: bound, address: `http://${name}:${bound}`, own, routes, relay };
    served.push(one);
    // Without the token.
    logger.info({ server: upstream }, `listening on ${one.address} for ${upstream}`);
    return one;
  }

  const main = await open(upstream, descriptor === undefined ? { host, port } : { fd: descriptor }, token);
  try {
    for (const [index, uri] of browsable.entries()) await open(uri, { host, port: 0 }, tokens[index + 1]);
  } catch (thrown) {
    connections.closeAll();
    await Promise.all(served.map(({ server }) => closeServer(server)));
    throw thrown;
  }
  const url = main.address + main.own.mountPoint;

  const { logger } = options;
  let ended: Promise<unknown> | undefined;
  let stopped = false;
  return {
    url,
    port: main.port,
    browsable: served
      .slice(1)
      .map(({ upstream, address, own }) => ({ server: upstream, url: address + own.mountPoint })),
    get uses() {
      return served.reduce((sum, { relay }) => sum + relay.uses, 0);
    },
    get forwardedTo() {
      return new Set(served.flatMap(({ relay }) => [...relay.forwardedTo]));
    },
    createdRuns: forwarder.createdRuns,
    unlisted: main.relay.unlisted,
    urlFor(target) {
      const path = main.routes.pathFor(target);
      // Clients append `/api…`; behind a slash that would be an empty segment.
      return path === undefined ? undefined : url + path.replace(/^([^?#]*?)\/+$/, "$1");
    },
    close({ grace = 0 } = {}) {
      forwarder.drain();
      if (ended === undefined) logger.info({}, stopping(grace));
      ended ??= Promise.all(served.map(({ server }) => closeServer(server)));
      // A connection whose answer began before may be kept alive by its client.
      const sweep = setInterval(() => {
        for (const { server } of served) server.closeIdleConnections();
      }, 50);
      const timers = [
        setTimeout(() => connections.closeNewcomers(), LATECOMERS),
        setTimeout(() => connections.closeAll(), grace),
      ];
      return ended
        .then(() => undefined)
        .finally(() => {
          refusals.end();
          if (!stopped) logger.info({}, "stopped");
          stopped = true;
          clearInterval(sweep);
          timers.forEach(clearTimeout);
        });
    },
  };
}

const stopping = (grace: number) =>
  `stopping: no more connections are taken${grace > 0 ? `, and requests under way get ${grace / 1000} s` : ""}`;

/** One address of the proxy. */
interface ServedAddress {
  /** The base URL that it stands for. */
  readonly upstream: string;
  readonly server: Server;
  readonly port: number;
  /** Without the token. */
  readonly address: string;
  readonly own: OwnAddress;
  readonly routes: Routes;
  readonly relay: Relay;
}

function createListener(
  { headTimeout = 10_000, idleTimeout = 60_000, traffic, logger }: ProxyOptions,
  connections: Connections,
  logs: FaultLogs,
): Server {
  const server = createServer({
    connectionsCheckingInterval: Math.min(headTimeout, 1_000),
    headersTimeout: headTimeout,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE,
    maxHeaderSize: LONGEST_HEAD,
    insecureHTTPParser: false,
    // Its lack is judged with all else; Node's own answer would not keep it from taking the next request.
    requireHostHeader: false,
    optimizeEmptyRequests: true,
    noDelay: true,
  });
  server.timeout = idleTimeout;
  // Bytes are the only limit: Node would call a head of a thousand lines too long, however short they are.
  server.maxHeadersCount = 0;
  awaitFirstHeads(server, {
    longest: LONGEST_HEAD,
    timeout: headTimeout,
    read: traffic,
    opened: (socket) => connections.opened(socket),
    late: (socket) => answerLate(socket, connections, logs),
  });
  answerClientFaults(server, connections, logger, logs);
  return server;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** A connection that can't be accepted, mostly for want of descriptors, is lost for its client alone. */
function warnOnce(logger: Logger): (error: NodeJS.ErrnoException) => void {
  let isTold = false;
  return ({ code = "no detail" }) => {
    if (isTold) return;
    isTold = true;
    const remedy = "Try this: see how many files this process may open (ulimit -n), and what holds them";
    logger.warn({ reason: code }, `a connection could not be accepted (${code}). ${remedy}`);
  };
}
