/** What a plugin is written against. This is the only module of core that a plugin imports. */
export { type ConnectionFailure, type ConnectionFailureKind, connectionFailureOf } from "./connection/failure.js";
export type { ErrorCode } from "./errors/codes.js";
export { type ErrorDetails, isMlflowAuthError, MlflowAuthError } from "./errors/mlflow-auth-error.js";
export { printable } from "./errors/printable.js";
export type {
  Command,
  CommandContext,
  CommandFactory,
  CommandInstance,
  CommandOutput,
  ExitCode,
  OpenedFile,
} from "./provider/command.js";
export type {
  Factory,
  HttpClient,
  HttpClientSettings,
  HttpRequest,
  HttpResponse,
  LogFields,
  Logger,
  PluginContext,
  RefusalDetails,
  TlsOptionNames,
  TlsOptions,
} from "./provider/context.js";
export {
  type CredentialProviderOptions,
  type CredentialProviderSettings,
  type CredentialTerms,
  credentialProvider,
  type FetchedCredential,
  type FetchedHeaders,
  type FetchedToken,
  type FetchedUser,
} from "./provider/credential-provider.js";
export { jsonFields, leaseOfSeconds } from "./provider/json-answer.js";
export {
  type Auth,
  anonymous,
  type DispatchedAnswer,
  type DispatchedRequest,
  type ExplainedRejection,
  type Group,
  type Interfaces,
  type InvalidationKind,
  type ProviderHeaders,
  type ProviderRequest,
  type RejectedAuth,
  type RequestAuthProvider,
  type RequestHeaderProvider,
  type Rewrite,
  type Run,
  type RunContextProvider,
  type Server,
  type SignableRequest,
} from "./provider/provider.js";
export type { CachePolicy, Fetched, SecretCache } from "./secret/cache.js";
export {
  type Credential,
  type CredentialOptions,
  credentialHeaders,
  headerValue,
  type SecretPlace,
} from "./secret/credential.js";
export { type JwtClaims, readJwt } from "./secret/jwt.js";
export { environmentSource, fileSource, isSecret, Secret, type SecretSource, textSource } from "./secret/secret.js";
export { type SelectCredentialOptions, selectCredential } from "./secret/select-credential.js";
export type { Clock, Timer } from "./time/clock.js";
export { formatDuration } from "./time/duration.js";
