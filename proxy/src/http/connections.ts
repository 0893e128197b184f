/** The connections of a front: which clients have shown that they may use it, whose answer is the last, and how each connection ends. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { descriptorLimit } from "./descriptors.js";
import { bodyComes } from "./head.js";

/**
 * Connections whose clients have not shown that they may use the front: as a number, as a part of the descriptors that this process
 * may have, and the bytes that came on them, for heads that are not complete are kept. Of more, the oldest are closed. There is no
 * limit to the others, so nobody outside can take the room of those who may.
 */
const MOST_NEWCOMERS = 4096;
const THEIR_DESCRIPTORS = 1 / 4;
const THEIR_BYTES = 32 * 1024 * 1024;

/** As many are never too many, where there are descriptors enough. */
const FEW = 256;

/** Milliseconds between two looks at a crowd. What a client sends as it connects has been read by then. */
const LOOK = 25;

/** How many connections of clients who have not shown the token make a crowd, in which the refused have to wait. */
const CROWD = 16;

/** How a connection ends after its last answer. */
interface Lingering {
  /** For how long it stays open. 0: it closes at once. */
  readonly milliseconds: number;
  /** How many bytes that come meanwhile are read and thrown away. */
  readonly bytes: number;
  /** Whether our side closes only with the whole connection. The client has the answer, and its length, all the same. */
  readonly waits: boolean;
}

const FOR_CLIENTS: Lingering = { milliseconds: 10_000, bytes: Number.POSITIVE_INFINITY, waits: false };
/** Time to see the answer, for an honest client with another run's token. */
const FOR_NEWCOMERS: Lingering = { milliseconds: 1_000, bytes: 64 * 1024, waits: false };
/** Where nothing follows the request, the client is not sending when its connection closes, and sees the answer. */
const FOR_NOTHING: Lingering = { milliseconds: 0, bytes: 0, waits: false };
/** Who floods would connect anew at once, which costs us more than a connection that is open. So he has to wait. */
const IN_A_CROWD: Lingering = { ...FOR_NEWCOMERS, waits: true };

/** What is known of a connection. It stands on the socket itself, for it is looked at with every request. */
interface Marked extends Socket {
  [ENDING]?: true;
  /** The answer to the last request that came. */
  [NEWEST]?: ServerResponse | undefined;
}

const ENDING = Symbol("the last answer has been begun");
const NEWEST = Symbol("the newest answer");

/** Whether the last answer has been begun, or has to wait for those before it; what still comes in on the connection is not for us. */
export function isEnding(socket: Socket): boolean {
  return (socket as Marked)[ENDING] === true;
}

/** All connections of one front. */
export class Connections {
  readonly #all = new Set<Socket>();
  /** Those whose clients have not shown that they may use the front. Whoever has is taken out. */
  readonly newcomers: Set<Socket> = new Set();
  readonly #most = Math.min(MOST_NEWCOMERS, Math.floor(descriptorLimit() * THEIR_DESCRIPTORS));
  readonly #few = Math.min(FEW, this.#most);
  #isCrowded = false;

  /** A client has connected. */
  opened(socket: Socket): void {
    // Node takes its own listener away from a socket with CONNECT, and an error that nobody hears ends the process.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#all.delete(socket);
      this.newcomers.delete(socket);
    });
    this.#all.add(socket);
    this.newcomers.add(socket);
    if (this.newcomers.size <= this.#few || this.#isCrowded) return;
    this.#isCrowded = true;
    setTimeout(() => this.#makeRoom(), LOOK).unref();
  }

  #makeRoom(): void {
    this.#isCrowded = false;
    let bytes = 0;
    for (const { bytesRead } of this.newcomers) bytes += bytesRead;
    for (const socket of this.newcomers) {
      if (this.newcomers.size <= this.#most && bytes <= THEIR_BYTES) return;
      bytes -= socket.bytesRead;
      this.#close(socket);
    }
  }

  #close(newcomer: Socket): void {
    this.newcomers.delete(newcomer);
    newcomer.destroy();
  }

  /** A request has come that is answered by `res`. */
  requested(socket: Socket, res: ServerResponse): void {
    (socket as Marked)[NEWEST] = res;
  }

  isNewcomer(socket: Socket): boolean {
    return this.newcomers.has(socket);
  }

  /** Whether no request has come on the connection of this answer after its own. */
  isNewest(res: ServerResponse): boolean {
    return (res.req.socket as Marked)[NEWEST] === res;
  }

  /** The answer to the newest request of a connection, while it is not over; those before it go out first. */
  unfinished(socket: Socket): ServerResponse | undefined {
    const res = (socket as Marked)[NEWEST];
    return res === undefined || res.writableFinished || res.destroyed ? undefined : res;
  }

  /** Closes those of clients who have not shown that they may use the front. */
  closeNewcomers(): void {
    for (const socket of this.newcomers) this.#close(socket);
  }

  closeAll(): void {
    for (const socket of this.#all) socket.destroy();
  }

  /** {@link endAfterAnswer}, with as much patience as the client deserves. */
  endAfterAnswer(socket: Socket, dropped?: (bytes: number) => void): void {
    endAfterAnswer(socket, dropped, this.isNewcomer(socket) ? FOR_NEWCOMERS : FOR_CLIENTS);
  }

  /** The same for the only request of a client that has not shown that it may use the front. */
  endRefused(req: IncomingMessage, dropped?: (bytes: number) => void): void {
    const { socket } = req;
    let patience = FOR_NEWCOMERS;
    if (this.newcomers.size > CROWD) patience = IN_A_CROWD;
    else if (socket.readableLength === 0 && !bodyComes(req)) patience = FOR_NOTHING;
    endAfterAnswer(socket, dropped, patience);
  }
}

/**
 * Makes the next answer the last: it says `connection: close`, or is followed by `destroySoon`. Nothing more is parsed. Node would
 * destroy the socket once the answer is written; with bytes of the client still unread the system then resets the connection, and the
 * client, busy sending, never sees the answer. So only our side is closed, and the rest is dropped for a while.
 *
 * @param dropped told how many bytes were
 */
export function endAfterAnswer(socket: Socket, dropped?: (bytes: number) => void, patience = FOR_CLIENTS): void {
  if (isEnding(socket)) return;
  (socket as Marked)[ENDING] = true;
  // Of these Node's parser is one, and with another listener it gives the socket back.
  socket.removeAllListeners("data");
  let left = patience.bytes;
  socket.on("data", ({ length }) => {
    dropped?.(length);
    left -= length;
    // Each time, for Node begins to read anew once the answer is written.
    if (left < 0) socket.pause();
  });
  socket.resume();
  let isClosing = false;
  socket.destroySoon = () => {
    if (isClosing) return;
    isClosing = true;
    if (patience.milliseconds === 0 && socket.writableLength === 0) {
      socket.destroy();
      return;
    }
    // The answer is out. Whoever has to wait would keep it, with all that hangs on it, and there may be a thousand of them.
    (socket as Marked)[NEWEST] = undefined;
    // Node would ask its parser about the end of what it was not given, and make an error of the answer, which is dear in a flood.
    socket.removeAllListeners("end");
    if (patience.waits) socket.once("end", () => socket.destroy());
    else socket.end();
    const timer = setTimeout(() => socket.destroy(), patience.milliseconds).unref();
    socket.once("close", () => clearTimeout(timer));
  };
}
