/** What clients send that is no request: bytes that do not parse, a head that never ends, CONNECT. */
import { type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "@mlflow-auth/core/internal";
import { type Connections, isEnding } from "./connections.js";
import { badMethod } from "./head.js";
import { badRequest, Refusal } from "./refusal.js";
import type { RefusalLog } from "./refusal-log.js";
import type { RequestLog } from "./request-log.js";

const unreadable = badRequest(
  "these bytes are no HTTP/1.1 request. Try this: use an address with http://, for https ends at the server alone, and escape blanks and letters beyond ASCII in paths.",
);
const tooLong = new Refusal(
  431,
  "BAD_REQUEST",
  "the head of the request is longer than 64 KiB. Try this: drop cookies and headers that the server does not need.",
);
const tooSlow = new Refusal(
  408,
  "BAD_REQUEST",
  "the head of the request did not come in time. Try this: send it again; if that helps for a moment only, see why this machine or its network is so slow.",
);

const byCode: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: tooLong,
  ERR_HTTP_REQUEST_TIMEOUT: tooSlow,
};

/** Who is told of them. */
export interface FaultLogs {
  readonly refusals: Pick<RefusalLog, "tell">;
  readonly requests: Pick<RequestLog, "refusedBytes"> | undefined;
}

/**
 * Answers them, and ends their connections. Node's own answer would take the place of the one that a request before them is waiting
 * for, though it may have been carried out.
 */
export function answerClientFaults(
  server: Server,
  connections: Connections,
  logger: Logger,
  { refusals, requests }: FaultLogs,
): void {
  let told = false;
  server.on("clientError", (error: NodeJS.ErrnoException, given) => {
    const socket = given as Socket;
    const { code = "" } = error;
    const isReadable = !code.startsWith("HPE_") && !code.startsWith("ERR_HTTP_");
    if (isReadable || !socket.writable) socket.destroy();
    else {
      const refusal = byCode[code] ?? unreadable;
      // Once, for anybody could write the log full.
      if (refusal === tooLong && !told) logger.warn({ code }, `a request was refused: ${tooLong.message}`);
      else refusals.tell(refusal);
      told ||= refusal === tooLong;
      requests?.refusedBytes(refusal);
      answerFault(socket, refusal, connections);
    }
  });
  server.on("connect", (_req, socket) => {
    refusals.tell(badMethod);
    requests?.refusedBytes(badMethod);
    answerFault(socket as Socket, badMethod, connections);
  });
}

/** A connection on which no head came in time, or the beginning of one was all that came. */
export function answerLate(socket: Socket, connections: Connections, { refusals, requests }: FaultLogs): void {
  if (socket.bytesRead === 0 && socket.readableEnded) {
    socket.destroy();
    return;
  }
  const refusal = socket.readableEnded ? unreadable : tooSlow;
  // Browsers open connections that they may never use.
  if (socket.bytesRead > 0) {
    refusals.tell(refusal);
    requests?.refusedBytes(refusal);
  }
  answerFault(socket, refusal, connections);
}

function answerFault(socket: Socket, refusal: Refusal, connections: Connections): void {
  if (isEnding(socket)) return;
  connections.endAfterAnswer(socket);
  const before = connections.unfinished(socket);
  if (before === undefined) refuseRaw(socket, refusal);
  else if (before.req.complete) endWith(before, socket);
  // It is the body of this very request that can't be read. Nobody has got all of it.
  else inTurn(before, () => (before.headersSent ? socket.destroy() : refuseRaw(socket, refusal)));
}

/** There is no response object for what was no request. */
function refuseRaw(socket: Socket, { status, body }: Refusal): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroySoon();
}

/** Lets an answer, and those before it, go out, and ends the connection then. */
function endWith(res: ServerResponse, socket: Socket): void {
  if (!res.headersSent) res.setHeader("connection", "close");
  res.once("close", () => socket.destroySoon());
}

/** Calls back once all answers before this one are out. */
function inTurn(res: ServerResponse, callback: () => void): void {
  if (res.socket !== null) callback();
  else res.once("socket", callback);
}
