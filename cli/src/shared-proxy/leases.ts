/** The programs that share a proxy: each holds a connection, which the system closes however the program ends. */
import type { Socket } from "node:net";
import { type Clock, systemClock } from "@mlflow-auth/core/internal";
import { tell } from "./ask.js";

/** What leases go by. */
export interface LeasesOptions {
  /** Called once nobody has had a lease for {@link LINGER} since `expect` was called. */
  readonly ended: () => void;
  /** Called whenever the last program has gone. */
  readonly left?: () => void;
  readonly clock?: Pick<Clock, "setTimeout"> | undefined;
}

/** Milliseconds after the last lease, or after the start without one: a script is often run again. */
export const LINGER = 60_000;

/** Bytes that a program may leave unread before nothing more is said to it, and characters of one line. */
const MOST_UNREAD = 64 * 1024;
const LONGEST_SAID = 8 * 1024;

/** Lines that are kept for the first program. */
const MOST_KEPT = 50;

/** Who has a lease, and what all of them are told. */
export interface Leases {
  readonly size: number;
  /** This program has one, until its connection ends. It is told what was said while there was nobody. */
  add(socket: Socket): void;
  /** Tells all of them a text of one line or more. It is dropped for one that does not read. */
  say(text: string): void;
  /** Tells all of them, but for one, that the next request has to be preceded by another ask. */
  again(but?: Socket): void;
  /** From now on the time without a lease counts, from the beginning. */
  expect(): void;
  /** Ends all of them. */
  close(): void;
}

/** Nobody has one yet. */
export function createLeases({ ended, left, clock = systemClock }: LeasesOptions): Leases {
  const all = new Set<Socket>();
  const kept: string[] = [];
  let timer: ReturnType<Clock["setTimeout"]> | undefined;
  let isExpecting = false;

  function count(): void {
    timer?.cancel();
    timer = all.size === 0 && isExpecting ? clock.setTimeout(ended, LINGER) : undefined;
  }

  function sayTo(socket: Socket, line: string): void {
    if (socket.writableLength <= MOST_UNREAD) tell(socket, { say: line });
  }

  return {
    get size() {
      return all.size;
    },
    add(socket) {
      if (socket.destroyed) return;
      all.add(socket);
      socket.once("close", () => {
        all.delete(socket);
        if (all.size === 0) left?.();
        count();
      });
      count();
      for (const line of kept.splice(0)) sayTo(socket, line);
    },
    say(text) {
      const lines = text.split("\n").filter((line) => line !== "");
      for (const line of lines.map((whole) => whole.slice(0, LONGEST_SAID))) {
        if (all.size === 0 && kept.length < MOST_KEPT) kept.push(line);
        for (const socket of all) sayTo(socket, line);
      }
    },
    again(but) {
      for (const socket of all) if (socket !== but) tell(socket, { again: true });
    },
    expect() {
      isExpecting = true;
      count();
    },
    close() {
      timer?.cancel();
      isExpecting = false;
      for (const socket of all) socket.destroy();
    },
  };
}
