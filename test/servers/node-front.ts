import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import { challenge, type Front, type FrontOptions, type FrontRequest } from "./front.ts";

/** Headers that concern one connection only, or that the front itself sets. */
const NOT_FORWARDED = ["host", "connection", "keep-alive", "expect", "upgrade"];
const NOT_RETURNED = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** What a front of Node's can do beside what nginx does. */
interface NodeFrontOptions extends FrontOptions {
  port?: number;
  /** Whether a value of the header is let through that is not in `accepted`. */
  judge?: (value: string) => Promise<boolean>;
}

/** Starts a front that needs nothing but Node, and does what nginx does in the real set-up. */
export async function startFront(options: NodeFrontOptions): Promise<Front> {
  const { upstream, header = "Authorization", basePath = "", port = 0, judge = async () => false } = options;
  let accepted = options.accepted;
  const seen: FrontRequest[] = [];
  // MLflow's server ends idle connections after five seconds. They end here earlier, so that it never does so under a request.
  const agent = new Agent({ keepAlive: true, timeout: 2_000 });
  const server = createServer({ requestTimeout: 0 }, async (request, response) => {
    const { method = "GET", url = "/" } = request;
    const given = request.headersDistinct[header.toLowerCase()];
    const path = url.replace(/\?.*/s, "");
    const arrival: Arrival = {
      request,
      response,
      // It is noted before the client can read the answer, so that a client with an answer finds it in the list.
      begin(status, headers) {
        seen.push({ method, path, status, credential: given !== undefined });
        response.writeHead(status, headers);
      },
    };
    if (!path.startsWith(`${basePath}/`)) return answer(arrival, 404);
    const [value = ""] = given ?? [];
    if (given?.length !== 1 || !(accepted.includes(value) || (await judge(value)))) {
      const authenticate = challenge(header, accepted);
      return answer(arrival, 401, authenticate === undefined ? [] : ["WWW-Authenticate", authenticate]);
    }
    forward(arrival, { agent, header, target: new URL(upstream), path: url.slice(basePath.length) });
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

interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  begin(status: number, headers: string[]): void;
}

function answer({ request, response, begin }: Arrival, status: number, headers: string[] = []): void {
  // The rest of an upload is read and dropped, so that the client can read the answer.
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

function forward(arrival: Arrival, { agent, header, target, path }: Forwarding): void {
  const { request, response } = arrival;
  const kept = withoutHeaders(request.rawHeaders, new Set([...NOT_FORWARDED, header.toLowerCase()]));
  const { hostname, port } = target;
  const settings = { agent, hostname, port, method: request.method, path, headers: ["Host", target.host, ...kept] };
  const onward = httpRequest(settings, (incoming) => {
    arrival.begin(incoming.statusCode ?? 502, withoutHeaders(incoming.rawHeaders, NOT_RETURNED));
    pipeline(incoming, response, () => {});
  });
  onward.on("error", () => {
    if (response.headersSent) response.destroy();
    else answer(arrival, 502);
  });
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

/** @param raw names and values in turn, as Node has them */
function withoutHeaders(raw: readonly string[], names: ReadonlySet<string>): string[] {
  return raw.filter((_, index) => !names.has((raw[index - (index % 2)] as string).toLowerCase()));
}
