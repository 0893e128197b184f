/** The control socket: programs ask whether they may share the proxy, and those that may have a lease from then on. */
import { createServer, type Socket } from "node:net";
import { type Clock, systemClock } from "@mlflow-auth/core/internal";
import { type Ask, askIn, firstLine, type Told, tell } from "./ask.js";
import type { Leases } from "./leases.js";

/** What asks are answered with. */
export interface ControlOptions {
  /**
   * What is told to this program. It gets a lease where that has `settings`.
   *
   * @param isStarter whether it started this proxy, with all that it has
   */
  readonly answer: (ask: Ask, isStarter: boolean) => Promise<Told>;
  readonly leases: Leases;
  readonly clock?: Pick<Clock, "setTimeout"> | undefined;
}

/** Milliseconds that a program has for its ask. */
export const PATIENCE = 10_000;

/** Connections on which no ask has come, of which the oldest are closed; and bytes of what came on all of them. */
const MOST_WAITING = 256;
const ROOM = 32 * 1024 * 1024;

/** Bytes that may follow an ask. They mean nothing. */
const MOST_IGNORED = 64 * 1024;

/** Answers connections. */
export interface Control {
  /** Answers what comes on this connection. */
  take(socket: Socket, isStarter: boolean): void;
  /** Answers all that come to a Unix socket that listens already. @throws the system's error if it is none */
  listen(descriptor: number): Promise<void>;
  close(): void;
}

/** Nothing is listened to yet. */
export function createControl({ answer, leases, clock = systemClock }: ControlOptions): Control {
  const waiting = new Set<Socket>();
  const room = { left: ROOM };

  async function take(socket: Socket, isStarter: boolean): Promise<void> {
    // It ends then, and that is heard.
    socket.on("error", () => undefined);
    waiting.add(socket);
    if (waiting.size > MOST_WAITING) for (const oldest of [...waiting].slice(0, 1)) oldest.destroy();
    const timer = clock.setTimeout(() => socket.destroy(), PATIENCE);
    const line = await firstLine(socket, room);
    timer.cancel();
    waiting.delete(socket);
    if (line === undefined) return void socket.destroy();
    ignoreAllElse(socket);
    const ask = askIn(line);
    const told: Told = ask === undefined ? { no: "not understood" } : await answer(ask, isStarter).catch(notJudged);
    tell(socket, told);
    if ("settings" in told) return leases.add(socket);
    socket.end();
    clock.setTimeout(() => socket.destroy(), PATIENCE);
  }

  const server = createServer((socket) => void take(socket, false));
  // A connection that can't be accepted is lost for its program alone, which then has a proxy of its own.
  server.on("error", () => undefined);
  return {
    take: (socket, isStarter) => void take(socket, isStarter),
    listen: (descriptor) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen({ fd: descriptor }, () => resolve(void server.off("error", reject)));
      }),
    close() {
      for (const socket of waiting) socket.destroy();
      server.close();
    },
  };
}

/** Such as for a folder of a plugin that nobody may look into any more: a proxy of its own says what is wrong. */
const notJudged = (): Told => ({ no: "not judged" });

/** It is read all the same: only so the end of the program is seen. */
function ignoreAllElse(socket: Socket): void {
  let left = MOST_IGNORED;
  socket.on("data", ({ length }) => {
    left -= length;
    if (left < 0) socket.destroy();
  });
}
