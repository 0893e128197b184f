/** The proxy's side of the bridge in Python: what MLflow's client needs to reach the proxy by itself, and what it reports in turn. */
import { readlinkSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Config, compileDestinations, type ServerConfig } from "@mlflow-auth/core/internal";
import type { OwnAddress } from "./own-address.js";

/** The bridge's name as an MLflow plugin, for MLFLOW_TRACKING_AUTH. */
export const bridgeName = "mlflow-auth";

/** The variable from which the bridge reads its settings. It holds the token. */
export const bridgeVariable = "_MLFLOW_AUTH_BRIDGE";

/** What the bridge in Python has to know. */
export interface BridgeOptions {
  readonly config: Config;
  /** The proxy's address with the token, as in `RunningProxy.url`. */
  readonly proxyUrl: string;
  /** The base URL to which that leads. */
  readonly upstream: string;
  /** Variables that hold an address of the proxy, each with the server's own: that is what Python shall see. */
  readonly addresses: Readonly<Record<string, { readonly proxy: string; readonly real: string }>>;
  /** How the client would have authenticated without the bridge, where the file gives no credential. */
  readonly displaced: {
    /** MLFLOW_TRACKING_AUTH. */
    readonly auth: string | null;
    /** Whether MLFLOW_TRACKING_AWS_SIGV4 is on. */
    readonly sigv4: boolean;
  };
}

/** The value of {@link bridgeVariable}: JSON, as `Bridge` in python/mlflow_auth_bridge/bridge.py takes it. */
export function bridgeSettings({ config, proxyUrl, upstream, addresses, displaced }: BridgeOptions): string {
  const { origin, pathname } = new URL(proxyUrl);
  const servers = compileDestinations(config.servers).servers.map(pattern);
  return JSON.stringify({
    proxy: origin,
    token: pathname.slice(1),
    upstream,
    servers,
    displaced,
    addresses,
    process: ownProcess(),
  });
}

/** By which the bridge can tell that this process has ended: its number, and where numbers and ports are counted. */
function ownProcess() {
  const namespaces = () => ["pid", "net"].map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
  try {
    return { pid: process.pid, namespaces: process.platform === "darwin" ? [] : namespaces() };
  } catch {
    // Never the same as what the bridge sees: it is not sure of anything.
    return { pid: process.pid, namespaces: false };
  }
}

function pattern({ uri, auth }: ServerConfig) {
  const { protocol, hostname, port, pathname } = new URL(uri);
  const scheme = protocol.slice(0, -1);
  return {
    scheme,
    host: hostname,
    port: Number(port) || (scheme === "https" ? 443 : 80),
    base: pathname.replace(/\/+$/, ""),
    auth: auth.length > 0,
  };
}

/** Addresses of no listed server, to which a program sends requests past the proxy. */
export interface UnlistedReports {
  readonly addresses: readonly string[];
  /** Whether a request for {@link UNLISTED_PATH} was such a report; it is answered then. */
  take(req: IncomingMessage, res: ServerResponse): boolean;
}

/** The path and the header of a report, as in python/mlflow_auth_bridge/bridge.py. */
export const UNLISTED_PATH = "/~unlisted";
const UNLISTED_HEADER = "mlflow-auth-unlisted";
const MOST_ADDRESSES = 5;

/** No address that holds the token is kept: they are for people to read. */
export function createUnlistedReports({ token }: OwnAddress): UnlistedReports {
  const addresses: string[] = [];
  return {
    addresses,
    take(req, res) {
      const address = req.headers[UNLISTED_HEADER];
      if (typeof address !== "string") return false;
      res.writeHead(204).end();
      const url = URL.parse(address);
      if (url === null || token?.isIn(address)) return true;
      // Never the user name that was given, only that there was one.
      const shown = `${url.protocol}//${url.username === "" ? "" : "user@"}${url.host}${url.pathname}`;
      if (addresses.length < MOST_ADDRESSES && !addresses.includes(shown)) addresses.push(shown);
      return true;
    },
  };
}
