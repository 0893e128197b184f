/**
 * The part of `internal` that loads neither undici nor pino: for commands that read the file and send nothing, so that they
 * start at once. For the packages of this repository alone: may change in any release.
 */
export { configSchema, valuesSchema } from "@mlflow-auth/schema";
export { createOptionsCheck, type OptionsCheck } from "./config/check-options.js";
export type { Config, InstanceConfig, ServerConfig } from "./config/config.js";
export { expectation } from "./config/expectation.js";
export { findConfig } from "./config/find.js";
export { interpolate } from "./config/interpolate.js";
export { pointerTo, stepsOf } from "./config/problems.js";
export type { Data, DataObject } from "./config/read.js";
export { discriminatorOf, isObject, type Schema, SchemaWalker, tagValues } from "./config/schema-walk.js";
export { isNamedLikeSecret } from "./config/secret-variables.js";
export { judgeUri } from "./config/servers.js";
export { compileDestinations, type Destinations } from "./destination/destinations.js";
export type { InstalledPlugin } from "./discovery/check-manifest.js";
export { installedSchema } from "./discovery/compose-schema.js";
export { type Candidate, type Explanation, explainPlugin } from "./discovery/explain-plugin.js";
export { type FileInstances, fileInstances, type NamedInstance, rootOptionsOf } from "./discovery/file-instances.js";
export { findPlugin } from "./discovery/find-plugin.js";
export { type Installed, readInstalled } from "./discovery/installed.js";
export { type ListedPackage, listPlugins } from "./discovery/list-plugins.js";
export { ownPackage, ownPlugins } from "./discovery/own-plugins.js";
export { codes, type ErrorCode } from "./errors/codes.js";
export {
  formatError,
  formatProblem,
  isMlflowAuthError,
  MlflowAuthError,
  type Problem,
} from "./errors/mlflow-auth-error.js";
export { printable } from "./errors/printable.js";
export { headerKey, perHeaderName } from "./http/headers.js";
export { isLoopback } from "./http/loopback.js";
export { decodedOnce, leadsOut, readings } from "./http/paths.js";
export { displayName, type LoadConfigOptions, loadConfig } from "./load-config.js";
export type { Group } from "./provider/provider.js";
