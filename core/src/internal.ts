/** For the packages of this repository alone: may change in any release. */
export * from "./internal-config.js";
export { createLogger, type LogLevel, logLevels } from "./logging/logger.js";
export { type OpenGate, type OpenGateOptions, openGate } from "./open-gate.js";
export type { Authorization } from "./pipeline/compose.js";
export type { Gate } from "./pipeline/gate.js";
export { isPermissionDenial, suspicionOf } from "./pipeline/refusal.js";
export { isTagRefusal, type RunTags } from "./pipeline/tags.js";
export type { LogFields, Logger } from "./provider/context.js";
export { isSecret, Secret } from "./secret/secret.js";
export { createAgent } from "./transport/agent.js";
export { proxyFor } from "./transport/http-proxy.js";
export { createInterceptor } from "./transport/interceptor.js";
export { explainTlsFailure } from "./transport/tls-failure.js";
