/** From Hokusai to MLflow and back. */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { text } from "node:stream/consumers";

export interface Forwarding {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly upstream: string;
  /** Below the upstream, with its query. */
  readonly path: string;
}

/** Of one connection, of the key, and of an identity that only Hokusai may tell. */
const DROPPED = /^(?:host|connection|keep-alive|expect|upgrade|authorization|x-api-key|x-hokusai-.*)$/i;
const NOT_RETURNED = new Set(["connection", "keep-alive", "transfer-encoding"]);

/**
 * @param note is told the status, and the names of the headers that MLflow got
 * @param say answers in MLflow's place
 */
export function forward(
  { request, response, upstream, path }: Forwarding,
  note: (status: number, headers: string[]) => void,
  say: (status: number, body: object) => void,
): void {
  const [pathname, query = ""] = path.split(/\?(.*)/s);
  const kept = query.split("&").filter((pair) => !/^api_key(?:=|$)/.test(pair));
  const search = path.includes("?") ? `?${kept.join("&")}` : "";
  const headers: string[] = ["Host", new URL(upstream).host];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const [name = "", value = ""] = request.rawHeaders.slice(i, i + 2);
    if (!DROPPED.test(name)) headers.push(name, value);
  }
  const names = headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const settings = { method: request.method, headers, agent: false as const };
  const onward = httpRequest(`${upstream}${pathname}${search}`, settings, async (answer) => {
    const { statusCode: status = 502 } = answer;
    if (status === 404 && /html/.test(answer.headers["content-type"] ?? "")) {
      await text(answer);
      return say(404, { error_code: "RESOURCE_NOT_FOUND", message: "MLflow has nothing there" });
    }
    note(status, names);
    const given = Object.entries(answer.headers).filter(([name]) => !NOT_RETURNED.has(name));
    response.writeHead(status, Object.fromEntries(given) as Record<string, string>);
    pipeline(answer, response, () => undefined);
  });
  onward.on("error", () => {
    if (response.headersSent) response.destroy();
    else say(502, { detail: "MLflow refused the connection" });
  });
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}
