import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** Milliseconds for which the rest of an upload is read and thrown away after its answer. */
const LONGEST_LINGER = 10_000;

const lingering = new WeakSet<Socket>();

/**
 * For an answer that comes before the upload is complete, with `connection: close`. Node would destroy the socket once the
 * answer is written; with bytes of the upload still unread the system then resets the connection, and the client, busy
 * sending, never sees the answer. So only our side is closed, and the rest is read and dropped for a while.
 */
export function endAfterUpload(req: IncomingMessage): void {
  const { socket } = req;
  if (lingering.has(socket)) return;
  lingering.add(socket);
  socket.destroySoon = () => {
    socket.end();
    req.resume();
    const timer = setTimeout(() => socket.destroy(), LONGEST_LINGER).unref();
    socket.once("close", () => clearTimeout(timer));
  };
}

/** Whether the last answer on this connection has been given; what still comes in on it is not for us. */
export function isLingering(socket: Socket): boolean {
  return lingering.has(socket);
}
