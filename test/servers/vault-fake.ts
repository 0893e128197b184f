import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type RealVault, requestVault } from "./vault.ts";
import { type Answer, type Call, errors } from "./vault-fake/answer.ts";
import { FakeVaultCore } from "./vault-fake/core.ts";

/** How the fake starts. */
export interface FakeVaultOptions {
  /** Default 0: a free one. */
  port?: number;
  /** Default: a random one. */
  rootToken?: string;
  /** If set, only calls with this `X-Vault-Namespace` find anything, as with an enterprise Vault. */
  namespace?: string;
  /** The clock by which tokens expire, in milliseconds since the Unix epoch. Default: the wall clock. */
  now?: () => number;
}

/** What goes wrong. Each can be set at any time. */
export interface VaultFaults {
  sealed: boolean;
  /** Takes requests and never answers them. */
  hang: boolean;
  /** Ends the connection with a reset instead of answering. */
  reset: boolean;
  /** Answers with this status and `{"errors":["fault"]}`. */
  status: number | undefined;
  /** The header `Retry-After` of those answers. */
  retryAfter: string | undefined;
  /** The fault ends after so many more of the calls that it concerns. */
  times: number;
  /** Milliseconds before each answer. */
  delay: number;
  /** The fault concerns only calls whose path, below `/v1/`, matches. `sealed` always concerns all. */
  only: RegExp | undefined;
}

/** A call that came, without its token and its body. */
export interface VaultRequest {
  readonly method: string;
  /** Below `/v1/`, without the query. */
  readonly path: string;
  /** Undefined if a fault kept the answer back. */
  readonly status: number | undefined;
  readonly namespace: string | undefined;
  /** Whether the call had a token, good or bad. */
  readonly token: boolean;
}

/** A running fake, with what a test may look at and change. */
export interface FakeVault extends RealVault {
  readonly faults: VaultFaults;
  /** What came since the start, in the order of arrival. Empty it as you like. */
  readonly requests: VaultRequest[];
  /** The tokens that logins were given and that are still valid, the newest last. */
  logins(): readonly string[];
  /** Ends a token at once, as an operator would. */
  revoke(token: string): void;
  /** Closes the connections on which nothing is under way, as a server does in its own time. */
  closeIdleConnections(): void;
}

/** Starts a Vault that needs nothing but Node. It answers like the real one; test/contract/vault.test.ts holds it to that. */
export async function startFakeVault(options: FakeVaultOptions = {}): Promise<FakeVault> {
  const { port = 0, rootToken = `root-${randomUUID()}`, namespace, now = Date.now } = options;
  const core = new FakeVaultCore(rootToken, now);
  const requests: VaultRequest[] = [];
  const faults = noFaults(core);
  const server = createServer(async (request, response) => {
    const call = await readCall(request);
    const seen = { ...describeCall(call.path, request), status: undefined as number | undefined };
    requests.push(seen);
    const concerned = (faults.only?.test(call.path) ?? true) && faults.times-- > 0;
    if (concerned && faults.delay > 0) await new Promise((resolve) => setTimeout(resolve, faults.delay));
    if (concerned && faults.hang) return;
    if (concerned && faults.reset) {
      request.socket.resetAndDestroy();
      return;
    }
    const fault = concerned ? faults.status : undefined;
    const answer = fault === undefined ? answerTo(core, call, request, namespace) : errors(fault, "fault");
    seen.status = answer.status;
    if (fault !== undefined && faults.retryAfter !== undefined) response.setHeader("Retry-After", faults.retryAfter);
    send(response, answer);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const { port: bound } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${bound}`;
  return {
    address,
    port: bound,
    rootToken,
    faults,
    requests,
    logins: () => core.tokens.ofLogins(),
    revoke: (token) => core.tokens.revoke(token),
    closeIdleConnections: () => server.closeIdleConnections(),
    request: (method, path, body, token = rootToken) =>
      requestVault(
        address,
        method,
        path,
        body,
        token,
        namespace === undefined ? {} : { "X-Vault-Namespace": namespace },
      ),
    stop: () => close(server),
  };
}

function noFaults(core: FakeVaultCore): VaultFaults {
  return {
    get sealed() {
      return core.sealed;
    },
    set sealed(sealed) {
      core.sealed = sealed;
    },
    hang: false,
    reset: false,
    status: undefined,
    retryAfter: undefined,
    times: Number.POSITIVE_INFINITY,
    delay: 0,
    only: undefined,
  };
}

interface ReadCall extends Omit<Call, "body"> {
  /** Undefined if it is not JSON. */
  readonly body: Call["body"] | undefined;
}

async function readCall(request: IncomingMessage): Promise<ReadCall> {
  const url = new URL(request.url ?? "/", "http://vault");
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const asList = request.method === "GET" && url.searchParams.get("list") === "true";
  return {
    method: asList ? "LIST" : (request.method ?? "GET"),
    path: decodeURIComponent(url.pathname.replace(/^\/v1\//, "")),
    query: url.searchParams,
    body: parse(text),
    token: (request.headers["x-vault-token"] as string | undefined) ?? bearer,
    wrapTtl: request.headers["x-vault-wrap-ttl"] as string | undefined,
  };
}

function parse(text: string): Call["body"] | undefined {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answerTo(
  core: FakeVaultCore,
  call: ReadCall,
  request: IncomingMessage,
  namespace: string | undefined,
): Answer {
  if (core.sealed) return core.handle({ ...call, body: {} });
  if (call.body === undefined) return errors(400, "error parsing JSON");
  if (namespace !== undefined && request.headers["x-vault-namespace"] !== namespace)
    return errors(403, "permission denied");
  return core.handle({ ...call, body: call.body });
}

function describeCall(path: string, { method = "GET", headers }: IncomingMessage) {
  const token = headers["x-vault-token"] !== undefined || headers.authorization !== undefined;
  return { method, path, namespace: headers["x-vault-namespace"] as string | undefined, token };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
