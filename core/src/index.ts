import "./require-node.js";

export type { Config, ServerConfig } from "./config/config.js";
export { codes, type ErrorCode } from "./errors/codes.js";
export { isMlflowAuthError, MlflowAuthError, type Problem } from "./errors/mlflow-auth-error.js";
export { type LoadMlflowAuthOptions, loadMlflowAuth, type MlflowAuth, type SdkAuthProvider } from "./mlflow-auth.js";
export type { LogFields, Logger } from "./provider/context.js";
export type { Clock, Timer } from "./time/clock.js";
