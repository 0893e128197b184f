/** What doubles of services have in common: requests that are read whole, and faults in place of an answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";

/** What to do in place of the usual answer; `hang` stays silent, `reset` hangs up. */
export type Fault = "hang" | "reset" | Answer;

export interface Answer {
  readonly status: number;
  /** A text goes out as it is; anything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export async function callOf(request: IncomingMessage): Promise<Call> {
  const { method = "", url = "", headers } = request;
  return {
    method,
    url: new URL(`https://${headers.host}${url}`),
    headers,
    body: await text(request),
  };
}

/** Packs the answer where the client says that it can unpack it, as Azure does. */
export function write(fault: Fault, { headers: asked }: Call, response: ServerResponse): void {
  if (fault === "hang") return;
  if (fault === "reset") return void response.socket?.destroy();
  const { status, body, headers = {} } = fault;
  const isText = typeof body === "string";
  const bytes = Buffer.from(isText ? body : JSON.stringify(body));
  const isPacked = /\bgzip\b/.test(String(asked["accept-encoding"]));
  response.writeHead(status, {
    "Content-Type": isText ? "text/html" : "application/json; charset=utf-8",
    ...(isPacked && { "Content-Encoding": "gzip" }),
    ...headers,
  });
  response.end(isPacked ? gzipSync(bytes) : bytes);
}
