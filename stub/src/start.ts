import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createHandler, type HandlerOptions } from "./handler.js";
import type { StubResponse } from "./http/message.js";

export interface StubOptions extends HandlerOptions {
  /** Default `127.0.0.1`. */
  host?: string;
  /** Default 0: a free one. */
  port?: number;
}

export interface SeenRequest {
  readonly method: string;
  /** With the base path, without the query. */
  readonly path: string;
  readonly query: string;
  /** As they came, credentials included: a test looks here for what must not have come. */
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
}

export interface Stub {
  /** For example `http://127.0.0.1:41234/base`. */
  readonly uri: string;
  /** The last 10,000 requests, in the order of their answers; empty it as you like. */
  readonly requests: SeenRequest[];
  close(): Promise<void>;
}

const MAX_SEEN = 10_000;

/** Starts a tracking server in memory that answers like MLflow's own. It asks for no credentials: put a proxy in front of it. */
export async function startStub({ host = "127.0.0.1", port = 0, ...options }: StubOptions = {}): Promise<Stub> {
  const handle = createHandler(options);
  const requests: SeenRequest[] = [];
  // No limit on the time that an upload takes.
  const server = createServer({ requestTimeout: 0 }, async (request, response) => {
    const { method = "GET", url = "/", headers } = request;
    // Whoever goes away in the middle of an upload gets no answer; that is no fault.
    const answer = await handle({ method, url, headers, body: request }).catch(() => undefined);
    if (answer === undefined) return void response.destroy();
    const [path = "", query = ""] = url.split(/\?(.*)/s);
    requests.push({ method, path, query, headers, status: answer.status });
    if (requests.length > MAX_SEEN) requests.shift();
    // What was not read is dropped, so that the client gets to read the answer.
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
