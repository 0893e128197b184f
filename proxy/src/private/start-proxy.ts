/** The local proxy: a private HTTP server that passes requests on to listed servers, with the credentials of the authorizer. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Logger, MlflowAuthError, type Secret } from "@mlflow-auth/core/internal";
import { answerClientFaults } from "../http/client-faults.js";
import { Connections } from "../http/connections.js";
import type { ForwarderOptions } from "../http/forward.js";
import type { CreatedRuns } from "../http/run-watch.js";
import { createOwnAddress } from "./own-address.js";
import { createRelay } from "./relay.js";
import { createRoutes } from "./routes.js";

/** Where a private proxy leads, where it listens, and for whom. */
export interface ProxyOptions extends ForwarderOptions {
  /** The base URL to which the proxy's own address leads. It must belong to a listed server. */
  readonly upstream: string;
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** The first segment of every path. Undefined: none is asked for, so everybody who reaches the port uses the credentials. */
  readonly token: Secret | undefined;
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
  /** Requests with the right token so far. */
  readonly uses: number;
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
export const agentLimits = { connections: 64, timeout: 0 } as const;

/** Milliseconds between two requests of a connection. */
const KEEP_ALIVE = 60_000;
/** Milliseconds for which clients that have not shown the token yet are waited for once the proxy stops: one of ours sends its request at once. */
const LATECOMERS = 1_000;
/** Room for a credential and cookies of the largest size that servers accept. */
const LONGEST_HEAD = 32 * 1024;

/** @throws MlflowAuthError `PROXY_LISTEN`; `DESTINATION_UNLISTED` if no server matches `upstream` */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { host = "127.0.0.1", port = 0, token, headTimeout = 10_000, idleTimeout = 60_000 } = options;
  const routes = createRoutes(options.authorizer, options.upstream);
  if (routes.pathFor(options.upstream) === undefined) {
    throw new MlflowAuthError("DESTINATION_UNLISTED", "the upstream of the proxy is not a server of the file");
  }
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
  const connections = new Connections();
  server.on("connection", (socket) => connections.opened(socket));
  await listen(server, host, port);
  const bound = (server.address() as AddressInfo).port;
  const name = host.includes(":") ? `[${host}]` : host;
  const own = createOwnAddress({ port: bound, names: [name, ...(options.allowHosts ?? [])], token });
  const url = `http://${name}:${bound}${own.mountPoint}`;
  const relay = createRelay(options, { own, routes, connections });
  for (const event of ["request", "checkContinue", "checkExpectation"]) server.on(event, relay.request);
  answerClientFaults(server, connections);
  server.on("error", warnOnce(options.logger));

  let ended: Promise<void> | undefined;
  return {
    url,
    port: bound,
    get uses() {
      return relay.uses;
    },
    createdRuns: relay.createdRuns,
    unlisted: relay.unlisted,
    urlFor(target) {
      const path = routes.pathFor(target);
      // Clients append `/api…`; behind a slash that would be an empty segment.
      return path === undefined ? undefined : url + path.replace(/^([^?#]*?)\/+$/, "$1");
    },
    close({ grace = 0 } = {}) {
      relay.drain();
      ended ??= new Promise<void>((resolve) => server.close(() => resolve()));
      // A connection whose answer began before may be kept alive by its client.
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      const timers = [
        setTimeout(() => connections.closeNewcomers(), LATECOMERS),
        setTimeout(() => connections.closeAll(), grace),
      ];
      return ended.finally(() => {
        clearInterval(sweep);
        timers.forEach(clearTimeout);
      });
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(cantListen(error, host, port));
    server.once("error", fail);
    server.listen({ host, port }, () => resolve(void server.off("error", fail)));
  });
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

const reasons: Record<string, [reason: string, remedy: string]> = {
  EADDRINUSE: ["another program listens there", "choose another port, or stop that program"],
  EACCES: ["it needs a privilege that this process lacks", "choose a port of 1024 or above"],
  EADDRNOTAVAIL: ["this machine has no such address", "choose one of its own, for example 127.0.0.1"],
  ENOTFOUND: ["there is no such host", "name an address of this machine, for example 127.0.0.1"],
};

function cantListen({ code = "no detail" }: NodeJS.ErrnoException, host: string, port: number): MlflowAuthError {
  const [reason, remedy] = reasons[code] ?? [code, "choose another host or port"];
  return new MlflowAuthError("PROXY_LISTEN", `can't listen on ${host}, port ${port}: ${reason}`, { remedy });
}
