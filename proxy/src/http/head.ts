/** What any HTTP front judges by a request's head alone, whoever sent it: its method, its target, and how its body is framed. */
import type { IncomingMessage } from "node:http";
import { headerKey } from "@mlflow-auth/core/internal";
import { badRequest, Refusal } from "./refusal.js";

/** A body of at most this many declared bytes is read whole before anything is sent: one write, and it can be sent again. */
const LONGEST_COLLECTED = 64 * 1024;

/** As Node has it, which answers such a request by itself unless it is told otherwise. */
const EXPECTATION = /(?:^|\W)100-continue(?:$|\W)/i;

const REFUSED_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);

/** The refusal of CONNECT and its like. */
export const badMethod = new Refusal(
  405,
  "BAD_REQUEST",
  "CONNECT, TRACE and TRACK are not passed on. Try this: send the request itself to the address of this proxy; if it is set as a forward proxy (HTTPS_PROXY), take it out of there.",
);
const badTarget = badRequest(
  "the request target must be a path; this is not a forward proxy. Try this: take its address out of HTTP_PROXY, and give it to MLflow's client as the tracking URI.",
);
const badFraming = badRequest(
  "the length of the request's body is declared in a way that servers read differently. Try this: send one Content-Length, or Transfer-Encoding: chunked, and not both.",
);
const badExpectation = new Refusal(
  417,
  "BAD_REQUEST",
  "of expectations only 100-continue is known. Try this: send the request without its Expect header.",
);
const noUpgrade = new Refusal(
  501,
  "NOT_IMPLEMENTED",
  "connections are not upgraded to another protocol. Try this: use MLflow's HTTP API, which needs none; for a web socket, go to the server itself.",
);

/**
 * @param judge told each header, for what the front wants to know beside the framing; the name as core's `headerKey` has it
 * @returns undefined: nothing is against it
 */
export function judgeHead(
  req: IncomingMessage,
  judge: (key: string, value: string) => Refusal | undefined,
): Refusal | undefined {
  if (REFUSED_METHODS.has(req.method as string)) return badMethod;
  if (!(req.url as string).startsWith("/")) return badTarget;
  const { rawHeaders } = req;
  let transferEncoding: string | undefined;
  let contentLength: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const key = headerKey(rawHeaders[i] as string);
    const value = rawHeaders[i + 1] as string;
    switch (key) {
      case "upgrade":
        // Clients that would speak HTTP/2 offer it so, and go on with HTTP/1.1 when nobody takes it up.
        if (value.toLowerCase() !== "h2c") return noUpgrade;
        break;
      case "expect":
        if (!EXPECTATION.test(value)) return badExpectation;
        break;
      case "transfer-encoding":
        if (transferEncoding !== undefined || value.toLowerCase() !== "chunked") return badFraming;
        transferEncoding = value;
        break;
      case "content-length":
        if (contentLength !== undefined) return badFraming;
        contentLength = value;
        break;
      default: {
        const refusal = judge(key, value);
        if (refusal !== undefined) return refusal;
      }
    }
  }
  if (transferEncoding !== undefined && (contentLength !== undefined || req.httpVersion !== "1.1")) return badFraming;
  return undefined;
}

/** Whether a body follows the head. */
export function hasBody({ headers }: IncomingMessage): boolean {
  if (headers["transfer-encoding"] !== undefined) return true;
  const length = headers["content-length"];
  return length !== undefined && !/^0+$/.test(length);
}

/** Whether a body follows the head without a further word. A client that asks whether to send it does not send it behind a refusal. */
export function bodyComes(req: IncomingMessage): boolean {
  return hasBody(req) && !EXPECTATION.test(req.headers.expect ?? "");
}

/** Whether the body is declared to be at most 64 KiB long. */
export function isSmall({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return length !== undefined && Number(length) <= LONGEST_COLLECTED;
}
