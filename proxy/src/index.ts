import { fileURLToPath } from "node:url";

export type { CreatedRuns } from "./http/run-watch.js";
export { createToken, tokenPattern } from "./private/own-address.js";
export { type BridgeOptions, bridgeName, bridgeSettings, bridgeVariable } from "./private/python-bridge.js";
export { agentLimits, type ProxyOptions, type RunningProxy, startProxy } from "./private/start-proxy.js";

/**
 * The folder for PYTHONPATH: a module, and the entry points by which MLflow finds it. It lies beside the folder of this code, and
 * beside that of the bundle, so it is looked for here and not in a folder further down.
 */
export const pythonFolder = fileURLToPath(new URL("../python", import.meta.url));
