/**
 * The part of `internal` that loads neither undici nor pino: for commands that read the file and send nothing, so that they
 * start at once. For the packages of this repository alone: may change in any release.
 */
export { configSchema, valuesSchema } from "@mlflow-auth/schema";
export { createOptionsCheck, type OptionsCheck, schemaFault } from "./config/check-options.js";
export type { Config, InstanceConfig, ServerConfig } from "./config/config.js";
export { expectation, similarName } from "./config/expectation.js";
export { type FindOptions, type FoundFile, findConfig, isFileNamed } from "./config/find.js";
export { leaveOutDisabled } from "./config/instances.js";
export { interpolate } from "./config/interpolate.js";
export { pointerTo, stepsOf } from "./config/problems.js";
export { type Data, readConfig } from "./config/read.js";
export { MAX_CONFIG_BYTES } from "./config/read-text.js";
export { isKnown, isObject, type Schema } from "./config/schema-walk.js";
export type { SecretVariables } from "./config/secret-origins.js";
export { isNamedLikeSecret } from "./config/secret-variables.js";
export { judgeUri } from "./config/servers.js";
export { compileDestinations } from "./destination/destinations.js";
export { checkManifest, type InstalledCommand, type InstalledPlugin } from "./discovery/check-manifest.js";
export { checkSchema } from "./discovery/check-schema.js";
export { coreMismatch } from "./discovery/core-range.js";
export { commandNames, findCommand } from "./discovery/find-command.js";
export { findPlugin, type Installed, meantBy, readInstalled, type WantedPlugin } from "./discovery/find-plugin.js";
export { ownPackage, ownPlugins } from "./discovery/install-command.js";
export { listedPackage, SEARCH } from "./discovery/known-plugins.js";
export {
  type Manifest,
  namesOf,
  offersCommand,
  readManifest,
  readManifests,
  undeclaredManifests,
} from "./discovery/manifests.js";
export { misnamed, noSchema, notTrusted } from "./discovery/package-faults.js";
export { MAX_PACKAGE_BYTES, readPackage } from "./discovery/read-package.js";
export type { RootOptions } from "./discovery/roots.js";
export type { Origin, Root } from "./discovery/search-folders.js";
export { codes, type ErrorCode } from "./errors/codes.js";
export {
  formatError,
  formatProblem,
  isMlflowAuthError,
  MlflowAuthError,
  type Problem,
} from "./errors/mlflow-auth-error.js";
export { printable, thrownKind } from "./errors/printable.js";
export { readSmallText, readSmallTextSync } from "./files/small-file.js";
export { presentFolder, workingFolder } from "./files/working-folder.js";
export { headerKey, perHeaderName } from "./http/client-credentials.js";
export { isLoopback } from "./http/hosts.js";
export { leadsOut, MOST_READINGS, readings } from "./http/paths.js";
export { displayName, loadConfig } from "./load-config.js";
export { type LogLevel, logLevels, logVariableFaults } from "./logging/logger.js";
export { commandGroup, type Group, groups } from "./provider/provider.js";
export { removal, removalVariable } from "./secret/missing-variable.js";
