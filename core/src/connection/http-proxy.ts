/** The corporate proxy between this machine and a server: which one, and what it means when it lets nothing through. */
import { BlockList, isIP } from "node:net";
import { buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from "undici";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { isLoopback } from "../http/hosts.js";
import { connectionFailureOf } from "./failure.js";

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A corporate proxy, as the environment names it. */
export interface HttpProxy {
  /** http or https, with a user and a password if the variable has them. */
  readonly url: URL;
  /** The variable that names it. */
  readonly variable: string;
  /** Hosts that are reached without it, as NO_PROXY lists them. */
  readonly exempt: string;
}

/** The lower-case spelling wins, as in curl. */
const variables = {
  "https:": ["https_proxy", "HTTPS_PROXY"],
  "http:": ["http_proxy", "HTTP_PROXY"],
} as const;

/** Whether the environment names a proxy at all, so that some dispatchers may go through one. */
export function namesProxy(env: Environment): boolean {
  return Object.values(variables)
    .flat()
    .some((name) => env[name]);
}

/**
 * The proxy for a destination. Loopback never goes through one, whatever NO_PROXY says: the request would leave the machine.
 *
 * @throws MlflowAuthError `HTTP_PROXY` if the variable names none that can be used; it may hold a password, so it is not quoted
 */
export function proxyFor(destination: string, env: Environment): HttpProxy | undefined {
  const { protocol, hostname } = new URL(destination);
  if (isLoopback(hostname)) return undefined;
  const variable = variables[protocol as keyof typeof variables].find((name) => env[name] !== undefined);
  const value = variable && env[variable]?.trim();
  if (variable === undefined || !value) return undefined;
  // Without a scheme it means http, for curl and Python too.
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new MlflowAuthError("HTTP_PROXY", `the variable ${variable} names no http or https proxy`, {
      remedy: `set ${variable} to http://HOST:PORT, or unset it`,
    });
  }
  const exempt = exemptIn(env);
  return inExemptNetwork(hostname, exempt) ? undefined : { url, variable, exempt };
}

/** A variable that names a proxy to a destination, and is not followed. */
export interface IgnoredProxy {
  readonly variable: string;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * By what curl and Python would take a proxy to this destination where nothing here does: ALL_PROXY is often that of another protocol
 * (SOCKS). Undefined where there is none, where another variable decides, and for what goes to no proxy.
 */
export function ignoredProxy(destination: string, env: Environment): IgnoredProxy | undefined {
  const { protocol, hostname } = new URL(destination);
  if (isLoopback(hostname)) return undefined;
  const own = variables[protocol as keyof typeof variables];
  if (own.some((name) => env[name] !== undefined)) return undefined;
  if (exemptionOf(hostname, env) !== undefined) return undefined;
  const variable = ["all_proxy", "ALL_PROXY"].find((name) => env[name]?.trim());
  if (variable === undefined) return undefined;
  return { variable, remedy: `set ${own[1]} to an http or https proxy, or list the host in NO_PROXY` };
}

/** A proxy that the environment names for a destination, and what of NO_PROXY keeps it from being used. Undefined where nothing does. */
export function sparedProxy(destination: string, env: Environment): { variable: string; entry: string } | undefined {
  const { protocol, hostname } = new URL(destination);
  const variable = variables[protocol as keyof typeof variables].find((name) => env[name] !== undefined);
  if (isLoopback(hostname) || variable === undefined || !env[variable]?.trim()) return undefined;
  const entry = exemptionOf(hostname, env);
  return entry === undefined ? undefined : { variable, entry };
}

/** The entry of NO_PROXY that lists a host; undefined where none does. */
function exemptionOf(hostname: string, env: Environment): string | undefined {
  return exemptIn(env)
    .split(/[,\s]+/)
    .filter((entry) => entry !== "")
    .find((entry) => {
      const name = entry.toLowerCase().replace(/^\*?\.?(?=[^*.])|:\d+$/g, "");
      return name === "*" || `.${hostname}`.endsWith(`.${name}`) || inExemptNetwork(hostname, entry);
    });
}

/** @param whose requests, and where to: the middle of a sentence */
export function ignoredProxyWarning({ variable, remedy }: IgnoredProxy, whose: string): string {
  return `${variable} names a proxy and is not followed: ${whose} go there directly. Try this: ${remedy}`;
}

const exemptIn = (env: Environment) => env["no_proxy"] ?? env["NO_PROXY"] ?? "";

/** Whether NO_PROXY lists a network with that address, such as `10.0.0.0/8`. Names and single addresses are undici's to compare. */
function inExemptNetwork(hostname: string, exempt: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) === 0) return false;
  const networks = new BlockList();
  for (const entry of exempt.split(/[,\s]+/)) {
    const [, network = "", bits] = /^([\d.]+|[\da-f:.]+)\/(\d{1,3})$/i.exec(entry) ?? [];
    const longest = { 0: -1, 4: 32, 6: 128 }[isIP(network)] as number;
    if (Number(bits) <= longest) networks.addSubnet(network, Number(bits), familyOf(network));
  }
  return networks.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** What a request carries, on its way past what speaks to the proxy. */
const sent = Symbol("headers");
type Sent = { [sent]?: Dispatcher.DispatchOptions["headers"] };

/**
 * undici's agent, for which all that a request carries is for the server alone. Of itself undici refuses Proxy-Authorization here, for it
 * might be meant for the proxy, and takes one of several headers of the same name. Through a tunnel the proxy sees neither.
 */
export class TunnelAgent extends EnvHttpProxyAgent {
  /** @param reading makes of the connector to a server the one that is used. Default: that one */
  constructor(
    proxy: HttpProxy,
    options: EnvHttpProxyAgent.Options,
    reading: (connect: buildConnector.connector) => buildConnector.connector = (connect) => connect,
  ) {
    super({
      ...options,
      // Both are given, because undici looks for a missing one in process.env.
      httpProxy: proxy.url.href,
      httpsProxy: proxy.url.href,
      noProxy: proxy.exempt,
      // Without it undici hands an http request to the proxy whole, credential included.
      proxyTunnel: true,
      clientFactory: (_origin, given) => new ProxyPool(proxy, given),
      factory(origin, { connect, ...given }: Pool.Options) {
        // Through a tunnel it is the proxy agent's own connector, else options for one.
        const connector = typeof connect === "function" ? connect : buildConnector({ allowH2: false, ...connect });
        return new ServerPool(origin, { ...given, connect: reading(connector) });
      },
    });
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return super.dispatch({ ...options, headers: null, [sent]: options.headers } as never, handler);
  }
}

/** Connections to a server, through a tunnel or without one. */
class ServerPool extends Pool {
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return super.dispatch({ ...options, headers: (options as Sent)[sent] } as Dispatcher.DispatchOptions, handler);
  }
}

type ConnectCallback<T> = (error: Error | null, data: Dispatcher.ConnectData<T>) => void;

/** Connections to a proxy, whose failures say that it was the proxy and not the server behind it. */
class ProxyPool extends Pool {
  readonly #proxy: HttpProxy;

  constructor(proxy: HttpProxy, options: Pool.Options) {
    super(proxy.url.origin, options);
    this.#proxy = proxy;
  }

  override connect<T>(options: Dispatcher.ConnectOptions<T>): Promise<Dispatcher.ConnectData<T>>;
  override connect<T>(options: Dispatcher.ConnectOptions<T>, callback: ConnectCallback<T>): void;
  /** undici's proxy agent uses the first form alone; it could not pass the second's failures on either. */
  override async connect<T>(options: Dispatcher.ConnectOptions<T>): Promise<Dispatcher.ConnectData<T>> {
    let answer: Dispatcher.ConnectData<T>;
    try {
      answer = await (super.connect(options as never) as unknown as Promise<Dispatcher.ConnectData<T>>);
    } catch (thrown) {
      throw ours.test(String((thrown as { code?: unknown }).code)) ? thrown : unreachable(this.#proxy, thrown);
    }
    if (answer.statusCode === 200) return answer;
    answer.socket.on("error", () => undefined).destroy();
    throw refused(this.#proxy, answer.statusCode);
  }
}

/** Ends that this side asked for. */
const ours = /^UND_ERR_(ABORTED|CLOSED|DESTROYED)$/;

function unreachable(proxy: HttpProxy, thrown: unknown): MlflowAuthError {
  const { code, isTls } = connectionFailureOf(thrown);
  return new MlflowAuthError("HTTP_PROXY", `the proxy ${nameOf(proxy)} can't be reached: ${code}`, {
    transient: !isTls,
    remedy: `check that the proxy runs and that ${proxy.variable} has its address; a server that needs none belongs into NO_PROXY`,
    cause: Object.assign(new Error(code), { code }),
  });
}

function refused(proxy: HttpProxy, status: number): MlflowAuthError {
  const message = `the proxy ${nameOf(proxy)} opened no connection to the server: it answered ${status}`;
  return new MlflowAuthError("HTTP_PROXY", message, {
    transient: status >= 500,
    remedy: remedyFor(proxy, status),
  });
}

function remedyFor({ url, variable }: HttpProxy, status: number): string {
  if (status === 407) {
    const state = url.username === "" ? "it wants a user and a password" : "it did not accept the user and password";
    return `${state}: write them percent-encoded into ${variable}, as http://USER:PASSWORD@${url.host}`;
  }
  if (status >= 500) return "the proxy finds no way to the server: check the server's address, and that it is up";
  return "ask the operator of the proxy to let CONNECT to this server's host and port pass, or list the server in NO_PROXY";
}

function nameOf({ url, variable }: HttpProxy): string {
  return `${url.host} (${variable})`;
}
