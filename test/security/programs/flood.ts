/**
 * A flood by somebody who has no token: `flood.ts KIND PORT CONNECTIONS`. What is closed is opened anew, until this process is ended.
 * Prints a line once the first connections are there.
 */
import { connect, type Socket } from "node:net";

const [kind = "", port = "", connections = ""] = process.argv.slice(2);
const host = `host: 127.0.0.1:${port}`;

/** What each connection sends: first this, and then, for as long as it is taken, that, over and over. */
interface Flood {
  readonly first?: string;
  readonly again?: string;
  /** Milliseconds after which the client resets the connection by itself. */
  readonly reset?: number;
  /** Milliseconds between two pieces. Default: as fast as they are taken. */
  readonly pace?: number;
}

const BLOCK = 64 * 1024;
const refused = `GET /wrong HTTP/1.1\r\n${host}\r\n\r\n`;
const put = (framing: string) => `PUT /wrong HTTP/1.1\r\n${host}\r\n${framing}\r\n\r\n`;

const floods: Readonly<Record<string, Flood>> = {
  "refused requests, one behind the other": { again: refused.repeat(Math.ceil(BLOCK / refused.length)) },
  "refused uploads": { first: put("content-length: 10000000000"), again: "x".repeat(BLOCK) },
  "refused uploads in chunks": {
    first: put("transfer-encoding: chunked"),
    again: `${BLOCK.toString(16)}\r\n${"x".repeat(BLOCK)}\r\n`,
  },
  "uploads that wait for 100": { first: put("expect: 100-continue\r\ncontent-length: 1000"), again: "x", pace: 100 },
  rubbish: { again: "\0".repeat(BLOCK) },
  "CONNECT, and bytes behind it": { first: "CONNECT a:1 HTTP/1.1\r\n\r\n", again: "x".repeat(BLOCK) },
  "nothing at all": {},
  "heads that do not end": {
    first: `GET /wrong HTTP/1.1\r\n${host}\r\nx: ${"a".repeat(15_000)}`,
    again: "a",
    pace: 1_000,
  },
  "connections that are reset at once": { first: refused, reset: 0 },
};

const flood = floods[kind];
if (flood === undefined) throw new Error(`no such flood: ${kind}`);
const { first, again, reset, pace } = flood;

function open(): void {
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => {});
  socket.on("close", () => setTimeout(open, 1));
  socket.resume();
  socket.on("connect", () => {
    if (first !== undefined) socket.write(first, "latin1");
    if (reset !== undefined) setTimeout(() => socket.resetAndDestroy(), reset);
    if (again !== undefined) pour(socket, again);
  });
}

function pour(socket: Socket, text: string): void {
  if (socket.destroyed) return;
  if (pace !== undefined) {
    socket.write(text, "latin1");
    setTimeout(() => pour(socket, text), pace);
  } else if (socket.write(text, "latin1")) setImmediate(() => pour(socket, text));
  else socket.once("drain", () => pour(socket, text));
}

for (let i = 0; i < Number(connections); i++) open();
setTimeout(() => console.log("flowing"), 200);
