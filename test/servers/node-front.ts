import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import { challenge, type Front, type FrontOptions, type FrontRequest } from "./front.ts";

/** Headers that concern one connection only, or that the front sets itself. */
const NOT_FORWARDED = ["host", "connection", "keep-alive", "expect", "upgrade"];
const NOT_RETURNED = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** Starts a front that needs nothing but Node: what nginx does in the real set-up, in small. */
export async function startFront(options: FrontOptions & { port?: number }): Promise<Front> {
  const { upstream, header = "Authorization", basePath = "", port = 0 } = options;
  let accepted = options.accepted;
  const seen: FrontRequest[] = [];
  // Idle connections end before MLflow's server, which does so after five seconds, ends them under a request.
  const agent = new Agent({ keepAlive: true, timeout: 2_000 });
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    const { method = "GET", url = "/" } = request;
    const given = request.headersDistinct[header.toLowerCase()];
    const path = url.replace(/\?.*/s, "");
    const exchange: Exchange = {
      request,
      response,
      // Noted before the client can read it, so that whoever has an answer finds it in the list.
      begin(status, headers) {
        seen.push({ method, path, status, credential: given !== undefined });
        response.writeHead(status, headers);
      },
    };
    if (!path.startsWith(`${basePath}/`)) return answer(exchange, 404);
    if (given?.length !== 1 || !accepted.includes(given[0] as string)) {
      const authenticate = challenge(header, accepted);
      return answer(exchange, 401, authenticate === undefined ? [] : ["WWW-Authenticate", authenticate]);
    }
    forward(exchange, { agent, header, target: new URL(upstream), path: url.slice(basePath.length) });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`,
    async setAccepted(values) {
      accepted = values;
    },
    requests: async () => [...seen],
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  begin(status: number, headers: string[]): void;
}

function answer({ request, response, begin }: Exchange, status: number, headers: string[] = []): void {
  // The rest of an upload is read and dropped, so that the client gets to read the answer.
  request.resume();
  begin(status, ["Content-Type", "text/plain", ...headers]);
  response.end(`${status}\n`);
}

interface Forwarding {
  agent: Agent;
  header: string;
  target: URL;
  path: string;
}

function forward(exchange: Exchange, { agent, header, target, path }: Forwarding): void {
  const { request, response } = exchange;
  const kept = withoutHeaders(request.rawHeaders, new Set([...NOT_FORWARDED, header.toLowerCase()]));
  const { hostname, port } = target;
  const settings = { agent, hostname, port, method: request.method, path, headers: ["Host", target.host, ...kept] };
  const onward = httpRequest(settings, (incoming) => {
    exchange.begin(incoming.statusCode ?? 502, withoutHeaders(incoming.rawHeaders, NOT_RETURNED));
    pipeline(incoming, response, () => {});
  });
  onward.on("error", () => {
    if (response.headersSent) response.destroy();
    else answer(exchange, 502);
  });
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

/** @param raw names and values in turn, as Node has them */
function withoutHeaders(raw: readonly string[], names: ReadonlySet<string>): string[] {
  return raw.filter((_, index) => !names.has((raw[index - (index % 2)] as string).toLowerCase()));
}
