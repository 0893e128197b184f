import { fileURLToPath } from "node:url";

export type { CreatedRuns } from "./http/run-watch.js";
export { createToken, tokenPattern } from "./private/own-address.js";
export { type BridgeOptions, bridgeName, bridgeSettings, bridgeVariable } from "./private/python-bridge.js";
export { agentLimits, type ProxyOptions, type RunningProxy, startProxy } from "./private/start-proxy.js";

/**
 * The file for PYTHONPATH, which the build makes of `python/`: modules, and the entry points by which MLflow finds them. As a wheel it
 * is left out of what pip lists. It lies beside the folder of this code, and beside that of the bundle, so it is looked for here and
 * not in a folder further down.
 */
export const pythonWheel = fileURLToPath(
  new URL("../wheel/mlflow_auth_bridge-1+exec-py3-none-any.whl", import.meta.url),
);
