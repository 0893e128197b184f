/** The connections of a front: which clients have shown that they may use it, whose answer is the last, and how each connection ends. */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { descriptorLimit } from "./descriptors.js";

/**
 * Connections whose clients have not shown that they may use the front, as a number and as a part of the descriptors that this process
 * may have. Of more, the oldest are closed. There is no limit to the others, so nobody outside can take the room of those who may.
 */
const MOST_NEWCOMERS = 512;
const THEIR_DESCRIPTORS = 1 / 4;

/** For how long, and up to how many bytes, what a client still sends after its last answer is read and thrown away. */
interface Lingering {
  readonly milliseconds: number;
  readonly bytes: number;
}

const FOR_CLIENTS: Lingering = { milliseconds: 10_000, bytes: Number.POSITIVE_INFINITY };
/** Enough for a request of an honest client that has another run's token: it sends all before it reads. */
const FOR_NEWCOMERS: Lingering = { milliseconds: 2_000, bytes: 256 * 1024 };

/** The last answer has been begun, or has to wait for those before it; what still comes in on the connection is not for us. */
const ending = new WeakSet<Socket>();

/** All connections of one front. */
export class Connections {
  readonly #all = new Set<Socket>();
  readonly #newcomers = new Set<Socket>();
  readonly #newest = new WeakMap<Socket, ServerResponse>();
  readonly #most = Math.min(MOST_NEWCOMERS, Math.floor(descriptorLimit() * THEIR_DESCRIPTORS));
  #isCrowded = false;

  /** A client has connected. */
  opened(socket: Socket): void {
    // Node takes its own listener away from a socket with CONNECT, and an error that nobody hears ends the process.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#all.delete(socket);
      this.#newcomers.delete(socket);
    });
    this.#all.add(socket);
    this.#newcomers.add(socket);
    if (this.#newcomers.size > this.#most && !this.#isCrowded) this.#makeRoom();
  }

  /** After another turn of the event loop: what clients sent as they connected has been read by then, and those who may are known. */
  #makeRoom(): void {
    this.#isCrowded = true;
    const end = () => {
      this.#isCrowded = false;
      this.closeNewcomers(this.#most);
    };
    setImmediate(() => setImmediate(end));
  }

  /**
   * A request has come, and this is to be its answer.
   *
   * @returns false: the last answer of its connection has been given, and this request is to be passed over
   */
  takes(socket: Socket, res: ServerResponse): boolean {
    if (ending.has(socket)) return false;
    this.#newest.set(socket, res);
    return true;
  }

  /** Its client has shown that it may use the front. */
  admit(socket: Socket): void {
    this.#newcomers.delete(socket);
  }

  isNewcomer(socket: Socket): boolean {
    return this.#newcomers.has(socket);
  }

  /** Whether no request has come on the connection of this answer after its own. */
  isNewest(res: ServerResponse): boolean {
    return this.#newest.get(res.req.socket) === res;
  }

  /** The answer to the newest request of a connection, while it is not over; those before it go out first. */
  unfinished(socket: Socket): ServerResponse | undefined {
    const res = this.#newest.get(socket);
    return res === undefined || res.writableFinished || res.destroyed ? undefined : res;
  }

  /** Of the connections whose clients have not shown that they may use the front, closes the oldest until `kept` are left. */
  closeNewcomers(kept = 0): void {
    for (const socket of this.#newcomers) {
      if (this.#newcomers.size <= kept) return;
      this.#newcomers.delete(socket);
      socket.destroy();
    }
  }

  closeAll(): void {
    for (const socket of this.#all) socket.destroy();
  }

  /** {@link endAfterAnswer}, with as much patience as the client deserves. */
  endAfterAnswer(socket: Socket, dropped?: (bytes: number) => void): void {
    endAfterAnswer(socket, dropped, this.isNewcomer(socket) ? FOR_NEWCOMERS : FOR_CLIENTS);
  }
}

/** Whether the last answer on this connection has been begun. */
export function isEnding(socket: Socket): boolean {
  return ending.has(socket);
}

/**
 * Makes the next answer the last: it says `connection: close`, or is followed by `destroySoon`. Node would destroy the socket once it
 * is written; with bytes of the client still unread the system then resets the connection, and the client, busy sending, never sees
 * the answer. So only our side is closed, and the rest is read and dropped for a while, without being parsed.
 *
 * @param dropped told how many bytes were
 */
export function endAfterAnswer(socket: Socket, dropped?: (bytes: number) => void, patience = FOR_CLIENTS): void {
  if (ending.has(socket)) return;
  ending.add(socket);
  let isClosing = false;
  socket.destroySoon = () => {
    if (isClosing) return;
    isClosing = true;
    socket.end();
    // Of these Node's parser is one, and with another listener it gives the socket back.
    socket.removeAllListeners("data");
    let bytes = 0;
    socket.on("data", ({ length }) => {
      bytes += length;
      dropped?.(length);
      if (bytes > patience.bytes) socket.destroy();
    });
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), patience.milliseconds).unref();
    socket.once("close", () => clearTimeout(timer));
  };
}
