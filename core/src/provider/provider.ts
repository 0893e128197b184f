/**
 * What a plugin implements. The names are those of MLflow's Python interfaces (mlflow/tracking/request_auth,
 * mlflow/tracking/request_header and mlflow/tracking/context) in camelCase.
 */
import type { Secret } from "../secret/secret.js";

type Awaitable<T> = T | Promise<T>;

/** A listed server, as plugins see it. */
export interface Server {
  /** The URI as the file has it, for example `https://mlflow.example.com/base`. */
  readonly uri: string;
}

/** A request as providers see it. */
export interface ProviderRequest {
  /** The final URL, judged and without the client's own credentials. A copy: changing it changes nothing. */
  readonly url: URL;
  /** As the client sends it: `GET`. */
  readonly method: string;
  /** The listed server that it is for. */
  readonly server: Server;
}

/** Header name to value. Names are compared without regard to case; a credential is a {@link Secret}, anything else may be a string. */
export type ProviderHeaders = Readonly<Record<string, string | Secret>>;

/** A credential for one request. The same object again means the same credential. */
export interface Auth {
  /** What is sent. Empty only where a signature follows. */
  readonly headers: ProviderHeaders;
  /**
   * What makes two credentials the same: a rejected one is sent once more only if there is another by now. To be given where headers
   * differ from request to request though the credential is one. No secret: a key's number, a version. Default: the headers' texts.
   */
  readonly id?: string | undefined;
  /**
   * Milliseconds since the Unix epoch after which the credential must not be used: its one end, also for the secret cache. Where
   * it has passed, the provider is told by `invalidate` and asked anew, once.
   */
  readonly expiresAt?: number | undefined;
}

/**
 * Says that this request goes without a credential, on purpose. It counts only for servers of which the file says `anonymous: allowed`; for
 * others it is a failure. Compared by `Symbol.for`, so it is the same in every copy of core.
 */
export const anonymous: unique symbol = Symbol.for("mlflow-auth.anonymous") as never;

/** How sure it is that a credential is not accepted any more: see `RequestAuthProvider.invalidate`. */
export type InvalidationKind = "unauthorized" | "suspected";

/** A credential that a server did not take, and with which request it went out. */
export interface RejectedAuth {
  /** As `getAuth` was asked about it. */
  readonly request: ProviderRequest;
  /** As `getAuth` gave it. */
  readonly auth: Auth;
  /**
   * What the rejecting server's clock says, in milliseconds since the Unix epoch, to the second: a signature may be refused because ours
   * is wrong. Undefined where the answer had no Date, or where there was none.
   */
  readonly serverTime?: number | undefined;
}

/** A request with all that it carries, about to be sent: what a signature covers. */
export interface SignableRequest {
  /** A copy: changing it changes nothing. */
  readonly url: URL;
  /** Path and query, byte for byte as they stand in the request line. */
  readonly path: string;
  /** As the client sends it: `GET`. */
  readonly method: string;
  /** The listed server that it is for. */
  readonly server: Server;
  /**
   * In the order in which they are sent, each value apart: the client's own, those of all plugins, `Host`, and `Content-Length` where
   * there is a body. What an HTTP connection adds by itself (`Connection`, `Transfer-Encoding`) is not among them.
   */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** SHA-256 of the body, of no bytes where there is none: 64 hexadecimal digits in lower case. */
  sha256(): Promise<string>;
}

/** Other addresses than clients ask for, of the same server and origin. Both are called with copies. */
export interface Rewrite {
  /** The address to send a request to in place of the client's; the same one where nothing is to be changed. */
  to(url: URL): URL;
  /**
   * The reverse, for addresses in answers (Location, Content-Location, Link, the paths of cookies): for every URL that clients ask for,
   * `back(to(url))` is that URL. What `to` never gives stays as it is.
   */
  back(url: URL): URL;
}

/** A request that a provider may answer itself. */
export interface DispatchedRequest {
  /** As the client asks for it, without its own credentials. A copy. */
  readonly url: URL;
  /** As the client sends it: `GET`. */
  readonly method: string;
  /** The listed server that it is for. */
  readonly server: Server;
  /** The client's own, each value apart, but for its credentials and cookies. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /**
   * The whole body, of no bytes where there is none; undefined for one that is longer than 1 MiB, or a form. A copy: `next` sends what the
   * client gave. To be asked for before `next` is called.
   */
  body(): Promise<Uint8Array | undefined>;
  /** Aborted when the client gives the request up, or has been told that it failed. */
  readonly signal: AbortSignal;
}

/** An answer to a client. */
export interface DispatchedAnswer {
  /** From 200 to 599. */
  readonly status: number;
  /**
   * Names in any case. The length is that of the body: added where it is no stream, left out where it is a stream but the server's own.
   * Default: none.
   */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Default: none. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
}

/** Gives the credential for requests. Its methods may be called from many requests at once. */
export interface RequestAuthProvider {
  /**
   * The credential for a request. Answer at once (no promise) from a cache where possible: this is called for every request,
   * and while the same object is returned its headers are checked only once.
   *
   * @returns the credential; `anonymous`: go without, if the file allows it; undefined: not mine, ask the next
   * @throws anything: a failed fetch. The next provider is asked, with a warning; if there is none the request fails.
   */
  getAuth(request: ProviderRequest): Awaitable<Auth | typeof anonymous | undefined>;
  /**
   * The next `getAuth` for such a request must fetch the credential anew. Other credentials of the instance are not concerned.
   *
   * @param kind `unauthorized`: the server answered 401, or the credential's end has passed, so the old one must not be used again.
   *   `suspected`: a 403 or a login page, which may have other causes; the old one may still serve while the backend can't be reached.
   * @param rejected what was rejected, or has ended
   */
  invalidate(kind: InvalidationKind, rejected: RejectedAuth): Awaitable<void>;
  /**
   * Whether a 403 says that the credential was accepted and its owner lacks a permission. The answer then passes to the client, and
   * the credential is not fetched anew. For the forms of a proxy that this plugin is made for: those of MLflow itself are known, and
   * not asked about. Default: it says no such thing. Called for 403s alone; what it throws counts as no.
   *
   * @param body the beginning of the answer's body
   */
  isPermissionDenial?(body: string): boolean;
  /**
   * Signs a request: called last, when all else of it stands (run tags, the headers of every plugin, Host, the length), and anew for
   * each attempt. The request is held back until its whole body is there.
   *
   * What needs a signature can't be had as headers alone, so `headers(url)`, `authProvider()` and `headers` lists of the file refuse such
   * a provider; below MLflow's AI gateway nothing is signed, for an LLM provider could use it.
   *
   * @param auth as `getAuth` gave it. With a signature to come it may have no headers; it needs an `id` then
   * @returns what the signature adds, at least one header; it takes the place of a client's own header of that name
   * @throws anything: the request is not sent
   */
  signRequest?(request: SignableRequest, auth: Auth): Awaitable<ProviderHeaders>;
  /**
   * What becomes of a streamed body longer than 1 MiB, which must be whole before its signature can be made: it is kept in a temporary file
   * that nobody else can open, or the request is refused with an error that says so. Default `spool`.
   */
  readonly longBodies?: "spool" | "refuse" | undefined;
  /**
   * Where the server wants other addresses. Asked after a request has been found to be for the server, and before credentials; what `to`
   * gives must belong to the same server and origin, or nothing is sent. One provider of a server at most may have it.
   */
  readonly rewrite?: Rewrite | undefined;
  /**
   * Answers requests in the server's place, or looks at what the server answers. No credential is asked for until `next` is called. One
   * provider of a server at most may have it. The time-out of its instance runs until it answers or calls `next`, and not while it waits
   * for the client's body.
   *
   * @param next sends the request as it would have been sent; to be called once at most. It rejects where no answer came
   * @returns the answer for the client: what `next` gave, or another one
   * @throws anything: the client gets an error. What `next` threw reaches the client as if nobody had looked
   */
  dispatch?(request: DispatchedRequest, next: () => Promise<DispatchedAnswer>): Awaitable<DispatchedAnswer>;
  /**
   * What `doctor` shows of the credential in hand beside where it is from, in a few words: whose it is and what that user may do, such as
   * `ann@example.com, permission level EDIT`. Nothing that anybody could log in with. Default: there is nothing to say.
   *
   * @param auth as `getAuth` gave it just now
   */
  describe?(auth: Auth): Awaitable<string | undefined>;
  /**
   * What `doctor` says of a 401 or 403 of the server, where the plugin knows the words of its service. Default: what doctor can tell of any.
   *
   * @param text the beginning of the answer's body. Nothing of it may be repeated, for it may quote the request
   */
  explainRejection?(text: string): Awaitable<ExplainedRejection | undefined>;
  /** Releases timers and connections. */
  close?(): Awaitable<void>;
}

/** What a plugin knows of a refusal by its service. */
export interface ExplainedRejection {
  /** Why the credential was refused: the end of a sentence, without a full stop. */
  readonly what: string;
  /** What to do: one imperative sentence, or a command, without a full stop. */
  readonly remedy: string;
}

/** Adds headers that are not the credential of the server. */
export interface RequestHeaderProvider {
  /** False: the provider has nothing to add here, which is not a failure. Default: it has. */
  inContext?(): Awaitable<boolean>;
  /** Called only where `inContext()` is true. Returning the same object again is what makes it fast. */
  requestHeaders(request: ProviderRequest): Awaitable<ProviderHeaders>;
  /** Releases timers and connections. May be called twice. */
  close?(): Awaitable<void>;
}

/** The run that a client is about to create. */
export interface Run {
  /** Of the experiment that the run is going to belong to, as MLflow has it: a number, in text. */
  readonly experimentId: string | undefined;
  /** Undefined where MLflow is to make one up. */
  readonly runName: string | undefined;
  /** The client's own, by key: these win over all that plugins give. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Gives tags for the runs that clients create. */
export interface RunContextProvider {
  /** False: it has no tags here, which is not a failure. Default: it has. */
  inContext?(): Awaitable<boolean>;
  /** The tags, by key: up to 250 bytes, with values of up to 8,000 characters. Called for each run, only where `inContext()` is true. */
  tags(run: Run): Awaitable<Readonly<Record<string, string>>>;
  /** Releases timers and connections. May be called twice. */
  close?(): Awaitable<void>;
}

/** The entry-point groups of MLflow, and what each provides. */
export interface Interfaces {
  "mlflow.request_auth_provider": RequestAuthProvider;
  "mlflow.request_header_provider": RequestHeaderProvider;
  "mlflow.run_context_provider": RunContextProvider;
}

/** The name of an entry-point group, and so of an interface. */
export type Group = keyof Interfaces;

/** The entry-point group of commands, which belong to no server: see `Command`. */
export const commandGroup = "mlflow_auth.command";

/** All groups of providers. */
export const groups = [
  "mlflow.request_auth_provider",
  "mlflow.request_header_provider",
  "mlflow.run_context_provider",
] as const satisfies readonly Group[];
