/** HTTP for secret backends, handed to plugins as `context.http`. */
import { type Dispatcher, request } from "undici";
import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { isPrivate } from "../http/hosts.js";
import type { HttpClient, HttpClientSettings, HttpRequest, HttpResponse, Logger } from "../provider/context.js";
import { formatDuration } from "../time/duration.js";
import { createAgent, type Environment } from "./agent.js";
import { type ConnectionFailureKind, connectionFailureOf } from "./failure.js";
import { tlsOfPlugin } from "./tls-files.js";

/** Bytes of a body. */
const LONGEST_ANSWER = 1024 * 1024;
/** Milliseconds. */
const DEFAULT_TIMEOUT = 10_000;
/** Milliseconds for an answer under way when the client is closed. A backend that hangs must not hold up the end of a program. */
const GRACE = 1_000;

/** Whose client it is. */
export interface HttpClientOptions {
  /** The instance for whom it sends, for messages. */
  readonly instance: string;
  readonly env: Environment;
  readonly logger: Logger;
  /** Whether the process may end while an answer is awaited: whoever asks a provider has a timer of his own. Default: false. */
  readonly background?: boolean;
}

/** An {@link HttpClient} and the way to close its connections, those of clients derived from it included. */
export function createHttpClient(options: HttpClientOptions): { http: HttpClient; close(): Promise<void> } {
  const agents: Dispatcher[] = [];
  const underWay = new Set<Promise<HttpResponse>>();
  let warned = false;

  function client(settings: HttpClientSettings): HttpClient {
    const { allowInsecure, tlsNames, ...tls } = settings;
    const { instance, env, logger, background = false } = options;
    const tlsOwner = tlsOfPlugin(instance, tlsNames);
    const byOrigin = new Map<string, Dispatcher>();
    function agentFor(url: URL): Dispatcher {
      let agent = byOrigin.get(url.origin);
      if (agent === undefined) {
        // A backend is asked now and then: what replaced a file is to be in use the next time.
        agent = createAgent({ destination: url.origin, tls, tlsOwner, fresh: 0, env, logger, background });
        byOrigin.set(url.origin, agent);
        agents.push(agent);
      }
      return agent;
    }
    return {
      async send(sent) {
        const answer = send(sent, instance, allowInsecure === true, agentFor);
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

async function send(
  { url: target, method = "GET", headers = {}, body, timeout = DEFAULT_TIMEOUT }: HttpRequest,
  instance: string,
  allowInsecure: boolean,
  agentFor: (url: URL) => Dispatcher,
): Promise<HttpResponse> {
  const url = new URL(target);
  if (!isPrivate(url) && !allowInsecure) {
    const message = `plugin ${instance} would send a credential in the clear to ${url.origin}`;
    const remedy = `use https, or set allowInsecure: true in plugins.${instance} where the network is trusted`;
    throw new MlflowAuthError("SERVER_CLEARTEXT", message, { plugin: instance, remedy });
  }
  try {
    const signal = AbortSignal.timeout(timeout);
    const answer = await request(url, {
      dispatcher: agentFor(url),
      method: method as Dispatcher.HttpMethod,
      headers: { ...headers },
      body: body ?? null,
      signal,
    });
    return { status: answer.statusCode, headers: answer.headers, text: await read(answer.body, url, instance) };
  } catch (thrown) {
    throw unreachable(thrown, url, instance, timeout);
  }
}

async function read(body: AsyncIterable<Uint8Array>, { origin }: URL, instance: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LONGEST_ANSWER) {
      // It is there and not in trouble: neither another try nor an old secret would be right.
      throw new MlflowAuthError("SECRET_UNREACHABLE", `${origin} gave an answer of more than 1 MiB`, {
        plugin: instance,
        remedy: `check that ${origin} is the right address: no secret store answers so`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function unreachable(thrown: unknown, url: URL, instance: string, timeout: number): MlflowAuthError {
  if (isMlflowAuthError(thrown)) {
    if (thrown.code === "SECRET_UNREACHABLE" || thrown.code === "TLS_FILE") return thrown;
    const { message, remedy, transient } = thrown;
    const details = { plugin: instance, transient, remedy, cause: thrown };
    return new MlflowAuthError("SECRET_UNREACHABLE", `${url.origin} can't be reached: ${message}`, details);
  }
  const timedOut = (thrown as Error | undefined)?.name === "TimeoutError";
  const { code, what, kind } = connectionFailureOf(thrown);
  const why = timedOut ? `no answer within ${formatDuration(timeout)}` : what;
  return new MlflowAuthError("SECRET_UNREACHABLE", `${url.origin} can't be reached: ${why}`, {
    plugin: instance,
    transient: true,
    cause: Object.assign(new Error(code), { code: timedOut ? why : code }),
    remedy:
      (!timedOut && kind && remedies[kind]) ||
      `check that ${url.origin} is the right address and answers from this machine`,
  });
}

const caFile = "give the CA file in the plugin's TLS options";

/** What to do about a connection to a secret backend that did not come about, where a plugin has no better words. */
const remedies: Readonly<Partial<Record<ConnectionFailureKind, string>>> = {
  refused: "check host and port of that address, and that the service runs",
  "unknown-host": "check its spelling, DNS and the VPN",
  "no-tls": "check the port, or write http:// if it speaks no TLS",
  "self-signed": caFile,
  untrusted: caFile,
  expired: "have it renewed",
  "other-name": "use the name it was issued for",
};
