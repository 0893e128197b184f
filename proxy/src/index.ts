export type { CreatedRuns } from "./created-runs.js";
export { type BridgeOptions, bridgeName, bridgeSettings, bridgeVariable, pythonFolder } from "./python-bridge.js";
export { agentLimits, type ProxyOptions, type RunningProxy, startProxy } from "./start-proxy.js";
export { createToken, tokenPattern } from "./token.js";
