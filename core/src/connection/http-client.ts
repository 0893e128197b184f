/** HTTP for secret backends, handed to plugins as `context.http`. */
import { type Dispatcher, request } from "undici";
import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { isPrivate } from "../http/hosts.js";
import type { HttpClient, HttpClientSettings, HttpRequest, HttpResponse, Logger } from "../provider/context.js";
import { isSecret } from "../secret/secret.js";
import type { Clock } from "../time/clock.js";
import { formatDuration } from "../time/duration.js";
import { createAgent, type Environment } from "./agent.js";
import { type ConnectionFailureKind, connectionCause, connectionFailureOf } from "./failure.js";
import { type IgnoredProxy, ignoredProxy, ignoredProxyWarning } from "./http-proxy.js";
import { createRetries } from "./retries.js";
import { tlsOfPlugin } from "./tls-files.js";

/** Bytes of a body. */
const LONGEST_ANSWER = 1024 * 1024;
/** Milliseconds. */
const DEFAULT_TIMEOUT = { several: 10_000, once: 2_000 };
/** Milliseconds for an answer under way when the client is closed. A backend that hangs must not hold up the end of a program. */
const GRACE = 1_000;

/** Whose client it is. */
export interface HttpClientOptions {
  /** The instance for whom it sends, for messages. */
  readonly instance: string;
  readonly env: Environment;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Whether the process may end while an answer is awaited: whoever asks a provider has a timer of his own. Default: false. */
  readonly background?: boolean;
  /**
   * What sends to listed servers: it decides by itself where credentials may go, and what it throws as an error of ours is that of the
   * request. Default: agents of the client's own, for secret backends.
   */
  readonly servers?: ((url: URL) => Dispatcher) | undefined;
}

/** An {@link HttpClient} and the way to close its connections, those of clients derived from it included. */
export function createHttpClient(options: HttpClientOptions): { http: HttpClient; close(): Promise<void> } {
  const agents: Dispatcher[] = [];
  const retries = createRetries(options);
  const underWay = new Set<Promise<HttpResponse>>();
  let warned = false;

  function client(settings: HttpClientSettings): HttpClient {
    const { allowInsecure, direct = false, tlsNames, socketPath, ...tls } = settings;
    const { instance, logger, background = false, servers } = options;
    const env = direct ? {} : options.env;
    const tlsOwner = tlsOfPlugin(instance, tlsNames);
    const code = servers === undefined ? "SECRET_UNREACHABLE" : "SERVER_UNREACHABLE";
    const nameOf = ({ origin }: URL) => (socketPath === undefined ? origin : `unix:${socketPath}`);
    const ignored = ({ origin }: URL) => (socketPath === undefined ? ignoredProxy(origin, env) : undefined);
    const trusting = trustingRemedy(instance, tlsNames?.ca || ("ca" in settings ? tlsOwner.names.ca : undefined));
    const takesHttp = "allowInsecure" in settings;
    const sender: Sender = { instance, trusting, takesHttp, code, agentFor, nameOf, ignored };
    const byOrigin = new Map<string, Dispatcher>();
    function agentFor(url: URL): Dispatcher {
      if (servers !== undefined) return servers(url);
      let agent = byOrigin.get(url.origin);
      if (agent === undefined) {
        // A backend is asked now and then: what replaced a file is to be in use the next time.
        agent = createAgent({ destination: url.origin, tls, tlsOwner, fresh: 0, env, logger, background, socketPath });
        byOrigin.set(url.origin, agent);
        agents.push(agent);
        warnOfIgnoredProxy(ignored(url), url, options);
      }
      return agent;
    }
    return {
      async send(sent) {
        const url = new URL(sent.url);
        if (servers === undefined && !isPrivate(url) && !allowInsecure) throw inTheClear(url, instance, takesHttp);
        const once = sent.tries === "once";
        const timeout = sent.timeout ?? (once ? DEFAULT_TIMEOUT.once : DEFAULT_TIMEOUT.several);
        const attempt = (limit: number) => sendOnce(sent, url, limit, sender);
        const answer = retries.send(nameOf(url), attempt, { timeout, once });
        underWay.add(answer);
        return await answer.finally(() => underWay.delete(answer));
      },
      with(own) {
        // Once, however many clients a plugin derives.
        if (own.insecureSkipVerify && !warned) warnOfSkippedVerification(options);
        warned ||= own.insecureSkipVerify === true;
        return client({ ...settings, ...own });
      },
    };
  }

  return {
    http: client({}),
    async close() {
      retries.close();
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise((resolve) => {
        timer = setTimeout(resolve, GRACE);
      });
      await Promise.race([Promise.allSettled(underWay), grace]);
      clearTimeout(timer);
      await Promise.all(agents.map((agent) => agent.destroy()));
    },
  };
}

function warnOfSkippedVerification({ instance, logger }: HttpClientOptions): void {
  const message = `plugin ${instance} does not verify its backend's certificate: anybody on the way can take the credential`;
  logger.warn({ plugin: instance }, message);
}

/** The loggers that were told of a proxy that is not followed: once is enough, however many plugins there are. */
const told = new WeakSet<Logger>();

function warnOfIgnoredProxy(
  ignored: IgnoredProxy | undefined,
  { origin }: URL,
  { instance, logger }: HttpClientOptions,
): void {
  if (ignored === undefined || told.has(logger)) return;
  told.add(logger);
  const message = ignoredProxyWarning(ignored, `requests of plugin ${instance} to ${origin}`);
  logger.warn({ plugin: instance, reason: ignored.variable }, message);
}

/** @param hasOption whether the plugin brought that setting, so that its users have an option for it */
function inTheClear({ origin }: URL, instance: string, hasOption: boolean): MlflowAuthError {
  const message = `plugin ${instance} would send a credential in the clear to ${origin}`;
  const remedy = hasOption
    ? `use https, or set allowInsecure: true in plugins.${instance} where the network is trusted`
    : "use https: this plugin has no option for plain http, which goes to loopback alone";
  return new MlflowAuthError("SERVER_CLEARTEXT", message, { plugin: instance, remedy });
}

/** Who sends, by which code it says that nothing came back, and through what. */
interface Sender {
  readonly instance: string;
  /** What to do about an authority that is not trusted. */
  readonly trusting: string;
  /** Whether its users have an option for plain http. */
  readonly takesHttp: boolean;
  readonly code: "SECRET_UNREACHABLE" | "SERVER_UNREACHABLE";
  readonly agentFor: (url: URL) => Dispatcher;
  /** What the other side is called: its origin, or the socket. */
  readonly nameOf: (url: URL) => string;
  /** What names a proxy to it, and is not followed. */
  readonly ignored: (url: URL) => IgnoredProxy | undefined;
}

async function sendOnce(
  { method = "GET", headers = {}, body }: HttpRequest,
  url: URL,
  timeout: number,
  sender: Sender,
): Promise<HttpResponse> {
  try {
    const signal = AbortSignal.timeout(timeout);
    const answer = await request(url, {
      dispatcher: sender.agentFor(url),
      method: method as Dispatcher.HttpMethod,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, isSecret(value) ? value.reveal() : value]),
      ),
      body: body ?? null,
      signal,
    });
    const bytes = await read(answer.body, url, sender);
    const { statusCode: status, headers: given } = answer;
    return { status, headers: given, bytes, text: bytes.toString("utf8"), origin: sender.nameOf(url) };
  } catch (thrown) {
    throw unreachable(thrown, url, sender, timeout);
  }
}

async function read(body: AsyncIterable<Uint8Array>, url: URL, { code, instance, nameOf }: Sender): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LONGEST_ANSWER) {
      const origin = nameOf(url);
      // It is there and not in trouble: neither another try nor an old secret would be right.
      throw new MlflowAuthError(code, `${origin} gave an answer of more than 1 MiB`, {
        plugin: instance,
        remedy:
          code === "SECRET_UNREACHABLE"
            ? `check that ${origin} is the right address: no secret store answers so`
            : "ask for less at a time",
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unreachable(
  thrown: unknown,
  url: URL,
  { code, instance, trusting, takesHttp, nameOf, ignored: ignoredFor }: Sender,
  timeout: number,
): MlflowAuthError {
  if (isMlflowAuthError(thrown)) {
    // What keeps a request from a listed server says so by itself: its credential, TLS, where it may go.
    if (code === "SERVER_UNREACHABLE" || thrown.code === code || thrown.code === "TLS_FILE") return thrown;
    const { message, remedy, transient } = thrown;
    const details = { plugin: instance, transient, remedy, cause: thrown };
    return new MlflowAuthError(code, `${nameOf(url)} can't be reached: ${message}`, details);
  }
  const { code: reason, what, kind, isTls } = connectionFailureOf(thrown);
  const timedOut = reason === "TimeoutError";
  const why = timedOut ? `no answer within ${formatDuration(timeout)}` : what;
  const untrusted = kind === "self-signed" || kind === "untrusted";
  const ignored = timedOut || !isTls ? ignoredFor(url) : undefined;
  // In the message, too: plugins have remedies of their own.
  const also = ignored === undefined ? "" : `; ${ignored.variable} names a proxy and is not followed`;
  const remedy =
    (!timedOut && untrusted && trusting) ||
    (!timedOut && kind && (takesHttp || isPrivate(url) ? withHttp : withoutHttp)[kind]) ||
    `check that ${nameOf(url)} is the right address and answers from this machine`;
  return new MlflowAuthError(code, `${nameOf(url)} can't be reached: ${why}${also}`, {
    plugin: instance,
    transient: true,
    cause: connectionCause(reason, also),
    remedy: ignored === undefined ? remedy : `${remedy}; where only a proxy leads there, ${ignored.remedy}`,
  });
}

/** What to do about a connection to a secret backend that did not come about, where a plugin has no better words. */
const withoutHttp: Readonly<Partial<Record<ConnectionFailureKind, string>>> = {
  refused: "check host and port of that address, and that the service runs",
  "unknown-host": "check its spelling, DNS and the VPN",
  "no-tls": "check the port: what answers there speaks no TLS",
  expired: "have it renewed",
  "other-name": "use the name it was issued for",
};

const withHttp: typeof withoutHttp = {
  ...withoutHttp,
  "no-tls": "check the port, or write http:// if it speaks no TLS",
};

/** @param option what the user names such a file in; undefined: the plugin brought no setting for it, so there is none */
function trustingRemedy(instance: string, option: string | undefined): string {
  return option === undefined
    ? `start this with NODE_EXTRA_CA_CERTS set to the CA's PEM file: plugin ${instance} has no option for it`
    : `give the CA file in ${option}`;
}
