import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createHandler, type HandlerOptions } from "./handler.js";
import type { StubResponse } from "./http/message.js";

/** Where the server listens, and what it can be told beside. */
export interface StubOptions extends HandlerOptions {
  /** The address to listen on. Default: `127.0.0.1`. */
  host?: string;
  /** Default: 0, which takes a free one. */
  port?: number;
}

/** A request that was answered. Its body is not kept. */
export interface SeenRequest {
  readonly method: string;
  /** With the base path, without the query. */
  readonly path: string;
  /** Without the question mark; empty if there is none. */
  readonly query: string;
  /** As they came, names in lower case, credentials included: here a test looks for what must not have come. */
  readonly headers: IncomingHttpHeaders;
  /** Of the answer. 500 also stands for an upload that its client broke off, though nobody is left to read it. */
  readonly status: number;
}

/** A tracking server that runs in this process, until it is closed. */
export interface Stub {
  /** The tracking URI, base path included: `http://127.0.0.1:41234/base`. */
  readonly uri: string;
  /** The last 10,000 requests, in the order of their answers. Empty it as you like. */
  readonly requests: SeenRequest[];
  /** Ends all connections, also those of requests under way. What the server kept is gone. */
  close(): Promise<void>;
}

const MAX_SEEN = 10_000;

/**
 * Starts a tracking server in memory that answers like MLflow's own. It asks for no credentials: put a proxy in front of it.
 *
 * @throws Error of Node, such as EADDRINUSE, if it can't listen there
 */
export async function startStub({ host = "127.0.0.1", port = 0, ...options }: StubOptions = {}): Promise<Stub> {
  const handle = createHandler(options);
  const requests: SeenRequest[] = [];
  // An upload may take any time.
  const server = createServer({ requestTimeout: 0 }, async (request, response) => {
    const { method = "GET", url = "/", headers } = request;
    const answer = await handle({ method, url, headers, body: request });
    const [path = "", query = ""] = url.split(/\?(.*)/s);
    requests.push({ method, path, query, headers, status: answer.status });
    if (requests.length > MAX_SEEN) requests.shift();
    // The rest of the body is dropped, so that the client gets to read the answer.
    request.resume();
    send(response, answer);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const { port: bound, family, address } = server.address() as AddressInfo;
  return {
    uri: `http://${family === "IPv6" ? `[${address}]` : address}:${bound}${options.basePath ?? ""}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, { status, headers, body }: StubResponse): void {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  response.writeHead(status, status === 204 ? headers : { ...headers, "content-length": length });
  response.end(body);
}
