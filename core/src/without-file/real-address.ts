/** What `exec` tells the programs that it runs, for the bridge in Python: read here where such a program uses mlflow-auth itself. */
import type { Environment } from "../config/interpolate.js";

/** The variable from which the bridge reads its settings: `bridgeVariable` of the proxy, which core does not import. */
const BRIDGE = "_MLFLOW_AUTH_BRIDGE";

/**
 * The server's own address where a variable holds that of the proxy which an `exec` around this program leads to it: the proxy gives the
 * credential, and needs none. As it is in every other case.
 */
export function realAddress(name: string, env: Environment): string | undefined {
  const text = env[name];
  try {
    const { addresses } = JSON.parse(env[BRIDGE] ?? "{}");
    const { proxy, real } = addresses?.[name] ?? {};
    return proxy === text && typeof real === "string" ? real : text;
  } catch {
    return text;
  }
}
