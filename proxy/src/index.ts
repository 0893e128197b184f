export { type ProxyOptions, type RunningProxy, startProxy } from "./start-proxy.js";
export { createToken, tokenPattern } from "./token.js";
