/** HTTP for secret backends, handed to plugins as `context.http`. */
import { type Dispatcher, request } from "undici";
import { isPrivate } from "../config/loopback.js";
import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { HttpClient, HttpRequest, HttpResponse, Logger, TlsOptions } from "../provider/context.js";
import { createAgent, type Environment } from "./agent.js";

const LONGEST_ANSWER = 1024 * 1024;
const DEFAULT_TIMEOUT = 10_000;
/** Milliseconds for an answer under way when the client is closed. A backend that hangs must not hold up the end of a program. */
const GRACE = 1_000;

export interface HttpClientOptions {
  /** The instance for whom it sends, for messages. */
  readonly instance: string;
  readonly env: Environment;
  readonly logger: Logger;
}

/** An {@link HttpClient} and the way to close its connections, those of clients derived from it included. */
export function createHttpClient(options: HttpClientOptions): { http: HttpClient; close(): Promise<void> } {
  const agents: Dispatcher[] = [];
  const underWay = new Set<Promise<HttpResponse>>();
  let warned = false;

  function client(settings: TlsOptions & { allowInsecure?: boolean | undefined }): HttpClient {
    const { allowInsecure, ...tls } = settings;
    const byOrigin = new Map<string, Dispatcher>();
    function agentFor(url: URL): Dispatcher {
      let agent = byOrigin.get(url.origin);
      if (agent === undefined) {
        agent = createAgent({ destination: url.origin, tls, env: options.env });
        byOrigin.set(url.origin, agent);
        agents.push(agent);
      }
      return agent;
    }
    return {
      async send(sent) {
        const answer = send(sent, options.instance, allowInsecure === true, agentFor);
        underWay.add(answer);
        return await answer.finally(() => underWay.delete(answer));
      },
      with(own) {
        // Once: a plugin derives a new client whenever its certificate files change.
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

/** Only codes of Node, OpenSSL and undici go into the message: an error's own text may quote the request. */
function unreachable(thrown: unknown, url: URL, instance: string, timeout: number): MlflowAuthError {
  if (isMlflowAuthError(thrown)) {
    if (thrown.code === "SECRET_UNREACHABLE") return thrown;
    const { message, remedy, transient } = thrown;
    const details = { plugin: instance, transient, remedy, cause: thrown };
    return new MlflowAuthError("SECRET_UNREACHABLE", `${url.origin} can't be reached: ${message}`, details);
  }
  const { name, code, cause } = (thrown ?? {}) as { name?: string; code?: unknown; cause?: { code?: unknown } };
  const timedOut = name === "TimeoutError";
  const reason = timedOut ? `no answer within ${timeout} ms` : String(code ?? cause?.code ?? name ?? "unknown reason");
  const [what, remedy] = faults[reason] ?? [];
  const why = what === undefined ? reason : `${what} (${reason})`;
  return new MlflowAuthError("SECRET_UNREACHABLE", `${url.origin} can't be reached: ${why}`, {
    plugin: instance,
    transient: true,
    cause: Object.assign(new Error(reason), { code: reason }),
    remedy: remedy ?? `check that ${url.origin} is the right address and answers from this machine`,
  });
}

const caFile = "give the CA file in the plugin's TLS options";
const privateCa = ["its certificate comes from a private CA", caFile] as const;

/** By codes of Node, OpenSSL and undici. */
const faults: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ECONNREFUSED: ["nothing listens there", "check host and port of that address, and that the service runs"],
  ENOTFOUND: ["the host name is unknown", "check its spelling, DNS and the VPN"],
  ERR_SSL_WRONG_VERSION_NUMBER: ["nothing speaks TLS there", "check the port, or write http:// if it speaks no TLS"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["its certificate is self-signed", caFile],
  SELF_SIGNED_CERT_IN_CHAIN: privateCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: privateCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: privateCa,
  CERT_HAS_EXPIRED: ["its certificate has expired", "have it renewed"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["its certificate is for another name", "use the name it was issued for"],
};
