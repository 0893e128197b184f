/** The way of a request into the private proxy: judged, and mapped to a listed server, to which it is forwarded. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@mlflow-auth/core/internal";
import type { Reading } from "../http/answer-reader.js";
import { type Connections, isEnding } from "../http/connections.js";
import type { Forwarder } from "../http/forward.js";
import { forbidden, Refusal } from "../http/refusal.js";
import type { RefusalLog } from "../http/refusal-log.js";
import { type RequestLog, reasonOf } from "../http/request-log.js";
import { refuse } from "../http/response-writer.js";
import type { Upstream } from "../http/upstream.js";
import { type Admitted, createAccess } from "./access.js";
import { Addresses } from "./addresses.js";
import { createArtifactHosts } from "./artifact-hosts.js";
import { createLedAway } from "./led-away.js";
import type { OwnAddress } from "./own-address.js";
import { createUnlistedReports, UNLISTED_PATH } from "./python-bridge.js";
import type { Routes } from "./routes.js";

/** What answers the requests to a private proxy, and counts them. */
export interface Relay {
  /** Answers a request, come what may. */
  request(req: IncomingMessage, res: ServerResponse): void;
  /** Requests with the right token so far. */
  readonly uses: number;
  /** The URIs, as the file has them, of the servers for which the authorizer was asked and the request has been answered. */
  readonly forwardedTo: ReadonlySet<string>;
  /** The first few addresses of no listed server to which a Python program sent requests past the proxy. */
  readonly unlisted: readonly string[];
}

/** What a relay works with. */
export interface RelayOptions {
  readonly forwarder: Forwarder;
  readonly connections: Connections;
  readonly logger: Logger;
  readonly refusals: Pick<RefusalLog, "tell">;
  readonly requests: Pick<RequestLog, "follow"> | undefined;
  /** Told how many bytes were dropped behind a last answer. */
  readonly traffic: ((bytes: number) => void) | undefined;
  readonly own: OwnAddress;
  /** Which paths stand for which servers; a request for any other place is refused. */
  readonly routes: Routes;
  /** How a browser gets to another server than the one that this address stands for, in a sentence without a token. */
  wayTo(upstream: Upstream): string;
}

const noReadings: readonly Reading[] = [];

const bearerIsClients = forbidden(
  "the file gives no credential for this server, so Authorization is for the client's own. Try this: put the token of this proxy into the path, as the proxy printed it.",
);

/**
 * Answers for one address of the proxy. A request that is refused on a connection where none has been admitted is the last one there:
 * an outsider gets no second try.
 */
export function createRelay({
  forwarder,
  connections,
  logger,
  refusals,
  requests,
  traffic,
  own,
  routes,
  wayTo,
}: RelayOptions): Relay {
  const access = createAccess(own);
  const artifactHosts = createArtifactHosts(own, logger);
  const reports = createUnlistedReports(own);
  const ledAway = createLedAway(routes, logger);
  let uses = 0;
  const forwardedTo = new Set<string>();

  function request(req: IncomingMessage, res: ServerResponse): void {
    const { socket } = req;
    if (isEnding(socket)) return;
    connections.requested(socket, res);
    const admitted = access(req);
    if (admitted instanceof Refusal) {
      const isLast = connections.isNewcomer(socket);
      const followed = requests?.follow(req, res, own.shownPath(req.url as string));
      if (followed !== undefined) followed.refused = reasonOf(admitted);
      if (isLast) connections.endRefused(req, traffic);
      refusals.tell(admitted);
      refuse(req, res, admitted, isLast);
      return;
    }
    connections.newcomers.delete(socket);
    const { path, prefix, by, browser } = admitted;
    if (path === UNLISTED_PATH && prefix === "" && reports.take(req, res)) return;
    uses++;
    const followed = requests?.follow(req, res, path || "/");
    if (path === "" && prefix !== "" && (req.method === "GET" || req.method === "HEAD")) {
      // Without the slash a browser would resolve the page's relative addresses outside of the token's path.
      res.writeHead(307, { location: `${prefix}/`, "content-length": 0 }).end();
      return;
    }
    const upstream = judged(routes.resolve(path), admitted);
    if (upstream instanceof Refusal) {
      if (followed !== undefined) followed.refused = reasonOf(upstream);
      refusals.tell(upstream);
      refuse(req, res, upstream);
    } else {
      // The bridge leads what goes there to the proxy, and a browser asks for artifacts here.
      const readings = by === undefined || by === "header" || browser ? noReadings : artifactHosts.readings;
      if (followed !== undefined) {
        followed.path = upstream.path;
        followed.server = upstream.server.uri;
      }
      const rewriting = new Addresses(own, routes, { req, upstream, prefix, by, browser, ledAway });
      const { uri } = upstream.server;
      if (!forwardedTo.has(uri)) res.once("finish", () => forwardedTo.add(uri));
      forwarder.forward({ req, res, upstream, rewriting, readings, followed });
    }
  }

  /** Where the request goes, or why this client's does not. */
  function judged(upstream: Upstream | Refusal, { by, browser }: Admitted): Upstream | Refusal {
    if (upstream instanceof Refusal) return upstream;
    if (browser && !routes.isHome(upstream)) {
      // To a browser all that is below one address is one site: a page of one server could act at another with that one's credential.
      return forbidden(`pages of several servers don't share an address in a browser. Try this: ${wayTo(upstream)}`);
    }
    return by === "bearer" && upstream.server.auth.length === 0 ? bearerIsClients : upstream;
  }

  return {
    request,
    get uses() {
      return uses;
    },
    forwardedTo,
    unlisted: reports.addresses,
  };
}
