/**
 * The authorizer: the one place that decides what a request carries. The library, the proxy and the commands ask it, and nothing
 * beside it, so that the rules for destinations, credentials and rejections exist once, and a reload can swap it whole.
 */
import type { Config, ServerConfig } from "../config/config.js";
import type { SeveralSlashes } from "../destination/several-slashes.js";
import type { Rejection } from "../mlflow/rejection.js";
import type { ExplainedRejection, Run } from "../provider/provider.js";
import type { Answers } from "./answers.js";
import type { AuthorizerRequest } from "./authorizer-request.js";
import type { AuthorizedHeaders } from "./compose.js";
import type { Detour } from "./detours.js";
import type { Removals } from "./removals.js";
import type { RunTags } from "./tags.js";

/** @typeParam Agent what sends a server's requests: undici's Dispatcher, of which this layer knows nothing */
export interface Authorizer<Agent> extends Removals {
  readonly config: Config;
  /** The listed server to which a URL belongs; undefined if it belongs to none. */
  serverFor(url: string): ServerConfig | undefined;
  /** A listed server that only the scheme, the port, the path, or another name of the same loopback keep from being meant. */
  nearMiss(url: string): ServerConfig | undefined;
  /** To be asked where `serverFor` knows none. @throws MlflowAuthError `PATH_MISLEADING` as `authorize` does: nothing is sent then */
  refuseMisleading(request: Omit<AuthorizerRequest, "method">): void;
  /** What is sent in place of a path with several slashes before MLflow's API: whoever sends asks before anything else. */
  readonly slashes: SeveralSlashes;
  /**
   * What a plugin does with a request before it is authorized; undefined for nearly all. The function is undefined where no plugin of the
   * file does anything of the kind, which costs requests nothing then.
   */
  readonly detourOf: ((request: AuthorizerRequest) => Detour | undefined) | undefined;
  /**
   * What to send. Answers without a promise while everything is cached.
   *
   * @returns undefined for a URL that belongs to no listed server: pass it on untouched
   * @throws MlflowAuthError (or rejects): the request must not be sent. `PATH_MISLEADING` if servers could read its path as
   *   leading into or out of a listed server, `GATEWAY_CREDENTIAL` if an LLM provider could get the credential
   */
  authorize(request: AuthorizerRequest): AuthorizedHeaders | undefined | Promise<AuthorizedHeaders>;
  /**
   * What to do about an answer of which `rejectionKindOf` says that it may be about the credential.
   *
   * @returns other headers to send the request with, once; undefined: pass the answer on
   */
  rejected(
    authorized: AuthorizedHeaders,
    rejection: Rejection,
    request: AuthorizerRequest,
  ): Promise<AuthorizedHeaders | undefined>;
  /** What the provider of the credential says about it; undefined where it says nothing, or there is none. @throws what the provider does */
  describe(authorized: AuthorizedHeaders): Promise<string | undefined>;
  /** What the provider of the credential says of an answer that rejected it, by the beginning of its body. @throws what the provider does */
  explainRejection(authorized: AuthorizedHeaders, text: string): Promise<ExplainedRejection | undefined>;
  /**
   * The tags of a run that is created on a listed server. Without providers there are none.
   *
   * @throws MlflowAuthError of a provider that fails and is not optional: the run must not be created
   */
  tags(server: ServerConfig, run: Run): Promise<RunTags>;
  /**
   * Warns that a run is created without the tags of the server's providers.
   *
   * @param why the end of a sentence, such as "its body is compressed"
   */
  warnUntagged(server: ServerConfig, why: string): void;
  /** Told by whoever sends requests how they end. */
  readonly answers: Answers;
  /** What sends the requests of a listed server; undefined where any dispatcher will do. */
  agentFor(server: ServerConfig): Agent | undefined;
  /** Closes the plugins and every connection. */
  close(): Promise<void>;
}
