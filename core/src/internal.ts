/** For the packages of this repository alone: may change in any release. */

export { createAgent } from "./connection/agent.js";
export {
  brokenRuleIn,
  type ConnectionFailure,
  type ConnectionFailureKind,
  connectionFailureOf,
  explainConnectionFailure,
} from "./connection/failure.js";
export { createHttpClient } from "./connection/http-client.js";
export { ignoredProxy, ignoredProxyWarning, proxyFor, sparedProxy } from "./connection/http-proxy.js";
export { brokenAnswerOf } from "./connection/lenient-answers.js";
export { unusedAuthorities, unusedAuthoritiesWarning } from "./connection/tls-files.js";
export { framesOf } from "./errors/frames.js";
export { objectIn } from "./files/json-object.js";
export { HOP_BY_HOP } from "./http/headers.js";
export * from "./internal-config.js";
export { loadCommand } from "./load-command.js";
export { createLogger } from "./logging/logger.js";
export { createTellThrown, showsWords, type TellThrown, thrownText } from "./logging/tell-thrown.js";
export { runCreationBase } from "./mlflow/endpoints.js";
export { basePathOf, isBelowGateway } from "./mlflow/gateway.js";
export { isPassing, pythonRepeats, remedyForPassing } from "./mlflow/passing-failures.js";
export { isPermissionDenial, rejectionKindOf } from "./mlflow/rejection.js";
export { createContext, type OpenedAuthorizer, openAuthorizer } from "./open-authorizer.js";
export type { AuthorizedHeaders } from "./pipeline/compose.js";
export { isTagFailure, type RunTags } from "./pipeline/tags.js";
export type { Command, CommandContext, CommandOutput, ExitCode, OpenedFile } from "./provider/command.js";
export type { LogFields, Logger } from "./provider/context.js";
export { rehearseLoading } from "./rehearse-loading.js";
export { type JwtClaims, readJwt } from "./secret/jwt.js";
export { isSecret, Secret, type SecretSource } from "./secret/secret.js";
export { type Clock, systemClock } from "./time/clock.js";
export { formatDuration } from "./time/duration.js";
export { createInterceptor } from "./transport/interceptor.js";
