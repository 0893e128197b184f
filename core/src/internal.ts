/** For the packages of this repository alone: may change in any release. */
export type { Config, InstanceConfig, ServerConfig } from "./config/config.js";
export { isLoopback } from "./config/loopback.js";
export { compileDestinations, type Destinations } from "./destination/compile.js";
export { displayName, type LoadConfigOptions, loadConfig } from "./discovery/load-config.js";
export { codes, type ErrorCode } from "./errors/codes.js";
export {
  formatError,
  formatProblem,
  isMlflowAuthError,
  MlflowAuthError,
  type Problem,
} from "./errors/mlflow-auth-error.js";
export { createLogger, type LogLevel, logLevels } from "./logging/logger.js";
export { type OpenGate, type OpenGateOptions, openGate } from "./open-gate.js";
export type { Authorization } from "./pipeline/compose.js";
export type { Gate } from "./pipeline/gate.js";
export { isTagRefusal, type RunTags } from "./pipeline/tags.js";
export type { LogFields, Logger } from "./provider/context.js";
export { isSecret, Secret } from "./secret/secret.js";
export { createAgent } from "./transport/agent.js";
export { createInterceptor } from "./transport/interceptor.js";
