/** Dispatchers with the TLS settings and corporate proxies that apply to one destination. */
import { readFileSync } from "node:fs";
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { isLoopback } from "../destination/loopback.js";
import type { TlsOptions } from "../provider/context.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface AgentOptions {
  /** Where requests go: an http or https URL, whose host may be a wildcard. */
  readonly destination: string;
  /** PEM texts, or paths of PEM files where they do not start with `-----BEGIN`. */
  readonly tls?: TlsOptions | undefined;
  readonly env: Environment;
  /** Connections per origin; undici's own default (no limit) if not given. */
  readonly connections?: number;
  /** Milliseconds until the headers of an answer, and between two pieces of its body; 0: no limit. undici's default is 300,000. */
  readonly timeout?: number;
}

/** Whether a destination needs a dispatcher of its own, or any will do. */
export function needsAgent({ destination, tls, env }: AgentOptions): boolean {
  return tls !== undefined || proxyFor(destination, env) !== undefined;
}

/** The caller closes it. */
export function createAgent({ destination, tls, env, connections, timeout }: AgentOptions): Dispatcher {
  const options = {
    ...(connections === undefined ? {} : { connections }),
    ...(timeout === undefined ? {} : { headersTimeout: timeout, bodyTimeout: timeout }),
  };
  const secure = tls === undefined ? {} : tlsSettings(tls);
  const proxy = proxyFor(destination, env);
  if (proxy === undefined) return new Agent({ ...options, connect: secure });
  const noProxy = env["no_proxy"] ?? env["NO_PROXY"] ?? "";
  // Both are given, because undici looks for a missing one in process.env.
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: proxy,
    httpsProxy: proxy,
    noProxy,
    connect: secure,
    requestTls: secure,
  });
}

/**
 * The corporate proxy for a destination's scheme; the lower-case spelling of a variable wins, as in curl. Loopback never goes
 * through one, whatever NO_PROXY says: the request would leave the machine in the clear.
 */
function proxyFor(destination: string, env: Environment): string | undefined {
  const { protocol, hostname } = new URL(destination);
  if (isLoopback(hostname)) return undefined;
  const value =
    protocol === "https:" ? (env["https_proxy"] ?? env["HTTPS_PROXY"]) : (env["http_proxy"] ?? env["HTTP_PROXY"]);
  return value === "" ? undefined : value;
}

function tlsSettings({ ca, cert, key, insecureSkipVerify }: TlsOptions) {
  return {
    ...(ca === undefined ? {} : { ca: pem(ca) }),
    ...(cert === undefined ? {} : { cert: pem(cert) }),
    ...(key === undefined ? {} : { key: pem(key) }),
    ...(insecureSkipVerify ? { rejectUnauthorized: false } : {}),
  };
}

const pem = (value: string) => (value.startsWith("-----BEGIN") ? value : readFileSync(value, "utf8"));
