/** Dispatchers with the TLS settings and corporate proxies that apply to one destination. */
import type { Socket } from "node:net";
import { Agent, buildConnector, Dispatcher } from "undici";
import type { ServerTls } from "../config/config.js";
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { Logger } from "../provider/context.js";
import { withNote } from "./failure.js";
import { type Environment, type HttpProxy, namesProxy, proxyFor, TunnelAgent } from "./http-proxy.js";
import { readingLeniently } from "./lenient-answers.js";
import { namesFiles, type Pems, readPems, type TlsOwner, tlsOfServer, unusedAuthoritiesNote } from "./tls-files.js";

export type { Environment } from "./http-proxy.js";

/** What a dispatcher for one destination is made from. */
export interface AgentOptions {
  /** Where requests go: an http or https URL, whose host may be a wildcard. */
  readonly destination: string;
  /** PEM texts, or paths of PEM files where they do not start with `-----BEGIN`. They mean nothing for http. */
  readonly tls?: ServerTls | undefined;
  readonly env: Environment;
  /** Connections per origin; undici's own default (no limit) if not given. */
  readonly connections?: number;
  /** Milliseconds until the headers of an answer, and between two pieces of its body; 0: no limit. undici's default is 300,000. */
  readonly timeout?: number;
  /**
   * Whether a connection lets the process end even while an answer is awaited. For whoever has a timer of his own that waits for him:
   * what nobody waits for any more, such as the refresh of a secret, would keep a program that is done. Through a proxy it does not.
   */
  readonly background?: boolean;
  /** Whether to take answers that MLflow's Python client takes and undici does not: see `readingLeniently`; and heads of up to 64 KiB. */
  readonly lenient?: boolean;
  /** Told when certificate files have changed and can't be used. */
  readonly logger?: Logger | undefined;
  /** Whose TLS options these are. Default: those of a listed server whose URI the destination is. */
  readonly tlsOwner?: TlsOwner | undefined;
  /** The path of a Unix socket to connect to, whatever the destination's host is. */
  readonly socketPath?: string | undefined;
  /** Milliseconds for which certificate files are not looked at again. Default 1,000; 0: they are before each request. */
  readonly fresh?: number | undefined;
}

/** Bytes of an answer's head, names and values. MLflow's Python client takes a line of that many. */
const LONGEST_HEAD = 64 * 1024 + 1;

/** Milliseconds: a listed server may get thousands of requests in a second. */
const FRESH = 1_000;

const tlsOwnerOf = ({ destination, tlsOwner = tlsOfServer(destination) }: AgentOptions) => tlsOwner;

/**
 * Whether a destination needs a dispatcher of its own, or any will do. With a proxy in the environment it always does: the
 * program's own dispatcher may go through that proxy (NODE_USE_ENV_PROXY), even to loopback.
 */
export function needsAgent({ destination, tls, env }: AgentOptions): boolean {
  return (tls !== undefined && isSecure(destination)) || namesProxy(env);
}

/**
 * The caller closes it. It never offers HTTP/2: an upload that breaks off would look complete to the server, for undici ends its
 * stream instead of resetting it. To a proxy it sends only the CONNECT line, also for an http destination: what a request carries is
 * for the server alone. Connections made after a certificate file was replaced use the new one.
 *
 * @throws MlflowAuthError `TLS_FILE` or `HTTP_PROXY`
 */
export function createAgent(options: AgentOptions): Dispatcher {
  const { destination, env, socketPath } = options;
  const tls = isSecure(destination) ? options.tls : undefined;
  const proxy = socketPath === undefined ? proxyFor(destination, env) : undefined;
  if (tls === undefined) return connect(options, proxy, {});
  const build = (pems: Pems) => {
    const secure = { ...definedOf(pems), ...(tls.insecureSkipVerify ? { rejectUnauthorized: false } : {}) };
    return connect(options, proxy, secure, unusedAuthoritiesNote(tls, pems));
  };
  return namesFiles(tls) ? new FollowingAgent(tls, options, build) : build(readPems(tls, tlsOwnerOf(options)));
}

const isSecure = (destination: string) => destination.startsWith("https:");

const definedOf = ({ ca, cert, key }: Pems) =>
  Object.fromEntries(Object.entries({ ca, cert, key }).filter(([, pem]) => pem !== undefined));

function connect(
  { connections, timeout, background, lenient, socketPath }: AgentOptions,
  proxy: HttpProxy | undefined,
  pems: object,
  note?: string,
): Dispatcher {
  const isOwn = lenient || note !== undefined;
  const own = (connect: buildConnector.connector) => {
    const read = lenient ? readingLeniently(connect) : connect;
    return note === undefined ? read : withNote(read, note);
  };
  const secure = socketPath === undefined ? pems : { ...pems, socketPath };
  const options = {
    ...(connections === undefined ? {} : { connections }),
    ...(timeout === undefined ? {} : { headersTimeout: timeout, bodyTimeout: timeout }),
    allowH2: false,
    connect: secure,
    ...(lenient ? { maxHeaderSize: LONGEST_HEAD } : {}),
  };
  if (proxy !== undefined) {
    const tunnel = { ...options, requestTls: secure, proxyTls: { allowH2: false } };
    return new TunnelAgent(proxy, tunnel, isOwn ? own : undefined);
  }
  if (background) return new Agent({ ...options, connect: unreferenced(secure) });
  if (!isOwn) return new Agent(options);
  return new Agent({ ...options, connect: own(buildConnector({ ...secure, allowH2: false })) });
}

/** undici references a connection anew for each request, so that its socket must not let itself be. */
function unreferenced(secure: object): buildConnector.connector {
  const connector = buildConnector({ ...secure, allowH2: false });
  return (options, callback) => {
    // It returns the socket, which its types leave out.
    const socket = connector(options, callback) as unknown as Socket;
    socket.ref = () => socket;
    socket.unref();
  };
}

/** A dispatcher that is built anew when the files change. Requests under way end on the connections that they have. */
class FollowingAgent extends Dispatcher {
  readonly #tls: ServerTls;
  readonly #options: AgentOptions;
  readonly #build: (pems: Pems) => Dispatcher;
  #pems: Pems;
  #agent: Dispatcher;
  #read = performance.now();
  #fault: string | undefined;
  #ended = false;

  constructor(tls: ServerTls, options: AgentOptions, build: (pems: Pems) => Dispatcher) {
    super();
    this.#tls = tls;
    this.#options = options;
    this.#build = build;
    this.#pems = readPems(tls, tlsOwnerOf(options));
    this.#agent = build(this.#pems);
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!this.#ended && performance.now() - this.#read >= (this.#options.fresh ?? FRESH)) this.#follow();
    return this.#agent.dispatch(options, handler);
  }

  /** Files that are being replaced may not fit together for a moment; what there is stays in use then. */
  #follow(): void {
    this.#read = performance.now();
    try {
      const pems = readPems(this.#tls, tlsOwnerOf(this.#options), this.#pems);
      this.#fault = undefined;
      if (pems === this.#pems) return;
      const before = this.#agent;
      this.#agent = this.#build(pems);
      this.#pems = pems;
      before.close().catch(() => undefined);
    } catch (thrown) {
      if (!isMlflowAuthError(thrown) || thrown.message === this.#fault) return;
      this.#fault = thrown.message;
      const { code, server, plugin } = thrown;
      const whose = { ...(server === undefined ? {} : { server }), ...(plugin === undefined ? {} : { plugin }) };
      this.#options.logger?.warn({ ...whose, code }, `${thrown.message}; the certificates read before stay in use`);
    }
  }

  override close(): Promise<void>;
  override close(callback: () => void): void;
  override close(callback?: () => void): unknown {
    this.#ended = true;
    return callback === undefined ? this.#agent.close() : this.#agent.close(callback);
  }

  override destroy(...args: unknown[]): Promise<void> {
    this.#ended = true;
    return this.#agent.destroy(...(args as [])) as Promise<void>;
  }
}
