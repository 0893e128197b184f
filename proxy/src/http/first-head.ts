/** The beginning of a connection: nothing is parsed before the head of its first request is there, and then that head by itself. */
import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Bytes that Node sets aside for whatever comes. What is over is given back, and is of little use while the piece before it lives. */
const PIECE = 64 * 1024;

/** Bytes that are set aside for what may follow the beginning of a head. */
const ROOM = 1024;

const END_OF_HEAD = "\r\n\r\n";

/** A request begins with the name of its method, or with empty lines. The hello of TLS, say, has no head whose end could be waited for. */
function mayBeHttp([first = 0]: Buffer): boolean {
  return /[A-Za-z\r\n]/.test(String.fromCharCode(first));
}

/** How long first heads may be and take, and who is told of connections. */
export interface FirstHeadOptions {
  /** Bytes. A head that is longer is the server's to refuse. */
  readonly longest: number;
  /** Milliseconds. */
  readonly timeout: number;
  /** Told how many bytes each piece that came takes in memory, until it is collected. */
  readonly read?: ((bytes: number) => void) | undefined;
  /** Told of each connection as it comes. */
  readonly opened: (socket: Socket) => void;
  /** No head came in time, or its beginning was all that came. The connection is left to this function. */
  readonly late: (socket: Socket) => void;
}

/**
 * Node's parser reads all that has come at once, and makes objects of a thousand requests before the answer to the first can end the
 * connection. So the server gets a connection when its first head is complete, and what follows it only once that request has been
 * judged. From then on Node reads the connection by itself.
 */
export function awaitFirstHeads(server: Server, { longest, timeout, read, opened, late }: FirstHeadOptions): void {
  const serve = server.listeners("connection");
  server.removeAllListeners("connection");

  server.on("connection", (socket: Socket) => {
    opened(socket);
    /** What has come, and room behind it. */
    let held: Buffer = Buffer.alloc(0);
    let length = 0;
    const timer = setTimeout(fail, timeout);

    function leave(): void {
      clearTimeout(timer);
      socket.off("data", take).off("end", fail).off("close", leave);
    }

    function fail(): void {
      leave();
      late(socket);
    }

    function take(chunk: Buffer): void {
      read?.(PIECE);
      // The end may lie across two chunks.
      const from = Math.max(0, length - END_OF_HEAD.length);
      held = joined(held, length, chunk);
      length += chunk.length;
      const bytes = held.subarray(0, length);
      const end = bytes.indexOf(END_OF_HEAD, from, "latin1");
      if (end === -1 && bytes.length <= longest && mayBeHttp(bytes)) return;
      leave();
      socket.pause();
      // In two pieces, of which each is an event of its own.
      const head = end === -1 ? bytes.length : end + END_OF_HEAD.length;
      if (head < bytes.length) socket.unshift(bytes.subarray(head));
      socket.unshift(bytes.subarray(0, head));
      for (const listener of serve) listener.call(server, socket);
      socket.resume();
    }

    socket.on("data", take).on("end", fail).on("close", leave);
  });
}

/** Without room, each byte of a head that comes byte by byte would have all before it copied. */
function joined(held: Buffer, length: number, chunk: Buffer): Buffer {
  if (length === 0) return chunk;
  const room = length + chunk.length > held.length ? Buffer.allocUnsafeSlow(length + chunk.length + ROOM) : held;
  if (room !== held) held.copy(room, 0, 0, length);
  chunk.copy(room, length);
  return room;
}
