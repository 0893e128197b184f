/** The way of a request into the private proxy: judged, and mapped to a listed server, to which it is forwarded. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connections } from "../http/connections.js";
import { createForwarder, type ForwarderOptions } from "../http/forward.js";
import { Refusal } from "../http/refusal.js";
import { refuse } from "../http/response-writer.js";
import type { CreatedRuns } from "../http/run-watch.js";
import { createAccess } from "./access.js";
import { Addresses } from "./addresses.js";
import type { OwnAddress } from "./own-address.js";
import { createUnlistedReports, UNLISTED_PATH } from "./python-bridge.js";
import type { Routes } from "./routes.js";

/** What answers the requests to a private proxy, and counts them. */
export interface Relay {
  /** Answers a request, come what may. */
  request(req: IncomingMessage, res: ServerResponse): void;
  /** Requests with the right token so far. */
  readonly uses: number;
  readonly createdRuns: CreatedRuns;
  /** The first few addresses of no listed server to which a Python program sent requests past the proxy. */
  readonly unlisted: readonly string[];
  /** Lets each client know with its next answer that the connection ends. */
  drain(): void;
}

/** What a relay belongs to. */
export interface RelaySurroundings {
  readonly own: OwnAddress;
  /** Which paths stand for which servers; a request for any other place is refused. */
  readonly routes: Routes;
  readonly connections: Connections;
}

/** A request that is refused on a connection where none has been admitted is the last one there: an outsider gets no second try. */
export function createRelay(options: ForwarderOptions, { own, routes, connections }: RelaySurroundings): Relay {
  const access = createAccess(own);
  const forwarder = createForwarder(options, connections);
  const reports = createUnlistedReports(own);
  let uses = 0;

  function request(req: IncomingMessage, res: ServerResponse): void {
    const { socket } = req;
    if (!connections.takes(socket, res)) return;
    const admitted = access(req);
    if (admitted instanceof Refusal) {
      const isLast = connections.isNewcomer(socket);
      if (isLast) connections.endAfterAnswer(socket, options.traffic);
      refuse(req, res, admitted, isLast);
      return;
    }
    connections.admit(socket);
    const { path, prefix } = admitted;
    if (path === UNLISTED_PATH && prefix === "" && reports.take(req, res)) return;
    uses++;
    if (path === "" && prefix !== "" && (req.method === "GET" || req.method === "HEAD")) {
      // Without the slash a browser would resolve the page's relative addresses outside of the token's path.
      res.writeHead(307, { location: `${prefix}/`, "content-length": 0 }).end();
      return;
    }
    const upstream = routes.resolve(path);
    if (upstream instanceof Refusal) refuse(req, res, upstream);
    else forwarder.forward({ req, res, upstream, rewriting: new Addresses(own, routes, { req, upstream, prefix }) });
  }

  return {
    request,
    get uses() {
      return uses;
    },
    createdRuns: forwarder.createdRuns,
    unlisted: reports.addresses,
    drain: forwarder.drain,
  };
}
