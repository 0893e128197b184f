/** What core hands to a plugin's factory beside its options. */
import type { ErrorCode } from "../errors/codes.js";
import type { ErrorDetails, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { SecretCache } from "../secret/cache.js";
import type { Secret } from "../secret/secret.js";
import type { Clock } from "../time/clock.js";
import type { Interfaces } from "./provider.js";

/** Fields that a log line may carry. The list is closed so that no value can slip into a log by a new name. */
export interface LogFields {
  /** Of an error: one of core's. */
  code?: string | undefined;
  /** The path of a file. */
  file?: string | undefined;
  /** The instance: `context.instance`. Nobody adds it for you. */
  plugin?: string | undefined;
  /** The URI of a listed server. */
  server?: string | undefined;
  /** The names of headers, never their values. */
  headers?: string[] | undefined;
  /** A word or two about why, such as the class of an error. */
  reason?: string | undefined;
  /** Of an HTTP answer. */
  status?: number | undefined;
  /** How long something took, or will. */
  milliseconds?: number | undefined;
}

/** Pino's calling convention, reduced to what a plugin needs. */
export interface Logger {
  /** Asked before fields are gathered on the path of every request. A logger without it gets all. */
  isLevelEnabled?(level: "debug" | "info" | "warn" | "error"): boolean;
  /** For whoever looks for a fault. */
  debug(fields: LogFields, message: string): void;
  /** For operators: not shown by default. */
  info(fields: LogFields, message: string): void;
  /** Shown on stderr by default, as `error` is. The message is written as it is: nothing of a secret may stand in it. */
  warn(fields: LogFields, message: string): void;
  /** Shown on stderr by default. */
  error(fields: LogFields, message: string): void;
}

/**
 * TLS towards one server. `ca`, `cert` and `key` are PEM, which begins with `-----BEGIN`, or paths of PEM files. Files are followed:
 * what replaces them is used for connections made from then on.
 */
export interface TlsOptions {
  /** In place of the system's authorities. */
  readonly ca?: string | undefined;
  /** The certificate that shows who the client is. Goes with `key`. */
  readonly cert?: string | undefined;
  /** Its private key, without a passphrase. */
  readonly key?: string | undefined;
  /** Accepts any certificate. Only for a test server; a warning is logged. */
  readonly insecureSkipVerify?: boolean | undefined;
}

/** What the user calls the options in which TLS files are named, for remedies: `tls.caFile (STORE_CACERT)`. */
export interface TlsOptionNames {
  /** Such as `caFile`. */
  readonly ca: string;
  /** Such as `certFile`. */
  readonly cert: string;
  /** Such as `keyFile`. */
  readonly key: string;
}

/** What a client derived by {@link HttpClient.with} has of its own. */
export interface HttpClientSettings extends TlsOptions {
  /** As far as there are such options. Default of each: the TLS options of the instance, where it brings that setting; else none. */
  readonly tlsNames?: Partial<TlsOptionNames> | undefined;
  /** Whether plain http beyond loopback is allowed. Default false. */
  readonly allowInsecure?: boolean | undefined;
  /** Past the corporate proxy: for what stands on the machine itself, such as a cloud's metadata service. Default false. */
  readonly direct?: boolean | undefined;
  /**
   * The path of a Unix socket, which is asked in place of the host that a URL names: for an agent on the machine itself. Give such a URL the
   * host `localhost`.
   */
  readonly socketPath?: string | undefined;
}

/** One request to a secret backend. */
export interface HttpRequest {
  /** Absolute. Plain http only to loopback, unless the client allows it. */
  readonly url: string | URL;
  /** Default `GET`. */
  readonly method?: string | undefined;
  /** A credential goes in as a {@link Secret}: it is revealed as the request is written. */
  readonly headers?: Readonly<Record<string, string | Secret>> | undefined;
  /** Sent as it is. No `Content-Type` is added: give one among the headers. Default: none. */
  readonly body?: string | Uint8Array | undefined;
  /** Milliseconds until the whole answer is there, all tries together. Default 10,000; where it is tried once, 2,000. */
  readonly timeout?: number | undefined;
  /** `once`: for what can as well be done next time, or must not be done twice. Default: up to three tries. */
  readonly tries?: "once" | undefined;
}

/** An answer of whatever status. */
export interface HttpResponse {
  /** From 200 to 599: a redirect is not followed, and an error is an answer. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As UTF-8; at most 1 MiB. */
  readonly text: string;
  /** The body as it came. */
  readonly bytes: Uint8Array;
  /** Scheme, host and port that answered; `unix:PATH` for a Unix socket. */
  readonly origin: string;
}

/** What a plugin knows about an answer that is not what it asked for. */
export interface RefusalDetails {
  /** What was asked for, as in `denied reading …`: `the secret team/mlflow`. Default: `the credential`. */
  readonly what?: string | undefined;
  /** What to do about it in the vendor's terms, by core's code. Default: in general ones. */
  readonly remedies?: Readonly<Partial<Record<ErrorCode, string>>> | undefined;
}

/**
 * HTTP for secret backends. It follows no redirect (a credential in a header would travel along), refuses cleartext beyond
 * loopback, honours HTTPS_PROXY, and never puts a header or a body into an error. A connection error, 429 and 5xx are tried again,
 * three times in all; a `Retry-After` of up to 5 seconds is waited for, and a longer one is kept to for up to a minute.
 */
export interface HttpClient {
  /**
   * @returns every answer with its status, 3xx, 4xx and 5xx included
   * @throws MlflowAuthError `SECRET_UNREACHABLE` (with `transient`) if no answer came; `SERVER_CLEARTEXT` for http beyond loopback;
   *   `TLS_FILE` if a PEM file can't be read or used. One that is replaced by such a file later is a warning, and what was read
   *   before stays in use
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** A client with settings of its own. It is closed with this one. */
  with(settings: HttpClientSettings): HttpClient;
}

/** What a plugin instance has to work with: one for all of its interfaces. */
export interface PluginContext {
  /** The instance's key in the file, for messages. */
  readonly instance: string;
  /** Of the host. Messages are written as they are: see {@link Logger}. */
  readonly logger: Logger;
  /** In place of `Date.now()` and `setTimeout`: tests own it. */
  readonly clock: Clock;
  /** The environment that the file was loaded with; not necessarily `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For the instance's backend. */
  readonly http: HttpClient;
  /** Shared by the interfaces of this instance, and by nobody else. */
  readonly secrets: SecretCache;
  /** Aborted as soon as the instance is closed: for timers, SDKs and whatever else would outlive it. */
  readonly signal: AbortSignal;
  /** Makes an error that names this instance. `remedy` says what the user can do about it, in the vendor's terms. */
  error(code: ErrorCode, message: string, details?: Omit<ErrorDetails, "plugin" | "problems">): MlflowAuthError;
  /**
   * Makes the error for an answer that brought no credential, by its status: 401 `LOGIN_FAILED`; 403 `SECRET_DENIED`; 404 and 410
   * `SECRET_NOT_FOUND`; 2xx `SECRET_FORMAT`; 408, 425, 429 and 5xx `SECRET_UNREACHABLE`, which is transient; any other
   * `SECRET_UNREACHABLE`, which is not. The answer's own words are not repeated: they may quote the request.
   */
  refuse(answer: Pick<HttpResponse, "status" | "origin">, details?: RefusalDetails): MlflowAuthError;
}

/**
 * What an entry point names: `createRequestAuthProvider`, `createRequestHeaderProvider` or `createRunContextProvider`.
 * All factories of one instance get the same `context` object, so state that they share can hang on it (a WeakMap).
 * A factory does no I/O: that belongs into the first request.
 */
export type Factory<G extends keyof Interfaces, Options = unknown> = (
  options: Options,
  context: PluginContext,
) => Interfaces[G] | Promise<Interfaces[G]>;
