/** What MLflow's Python client needs to reach the proxy by itself, whichever listed server it is told to use. */
import { fileURLToPath } from "node:url";
import { type Config, compileDestinations, type ServerConfig } from "@mlflow-auth/core/internal";

/** The folder for PYTHONPATH: a module, and the entry points by which MLflow finds it. */
export const pythonFolder = fileURLToPath(new URL("../python", import.meta.url));

/** The bridge's name as an MLflow plugin, for MLFLOW_TRACKING_AUTH. */
export const bridgeName = "mlflow-auth";

/** The variable from which the bridge reads its settings. It holds the token. */
export const bridgeVariable = "MLFLOW_AUTH_BRIDGE";

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

/** The value of {@link bridgeVariable}: JSON, as `Bridge` in python/mlflow_auth_bridge.py takes it. */
export function bridgeSettings({ config, proxyUrl, upstream, addresses, displaced }: BridgeOptions): string {
  const { origin, pathname } = new URL(proxyUrl);
  const servers = compileDestinations(config.servers).servers.map(pattern);
  return JSON.stringify({ proxy: origin, token: pathname.slice(1), upstream, servers, displaced, addresses });
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
