/**
 * What goes over the wire while `doctor` runs, as undici tells it on its diagnostics channels: who let a connection come about,
 * with which certificate, and who answered, by which clock. So what is reported is what the requests themselves met.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { TLSSocket } from "node:tls";
import { formatDuration } from "@mlflow-auth/core/internal";
import { type Finding, fine, skipped } from "./finding.js";

/** An answer that came over the wire, of a server or of a secret backend. */
export interface Answered {
  /** For example `https://vault.example.com:8200`. */
  readonly origin: string;
  /** How far the other clock is ahead of ours, in milliseconds; undefined where the answer has no `Date`. */
  readonly ahead: number | undefined;
}

/** What has been seen since {@link watchWire} was called. */
export interface Wire {
  /** In the order of the answers. */
  readonly answers: readonly Answered[];
  /** Whether any connection to that origin came about, TLS included. */
  connected(origin: string): boolean;
  /** When the certificate ends that this origin showed; undefined without TLS. */
  certificateEnd(origin: string): Date | undefined;
  close(): void;
}

interface ConnectParams {
  readonly protocol: string;
  readonly host: string;
}

interface Requested {
  readonly origin: URL | string;
  readonly method: string;
}

/** Watches all of undici in this process, so it is closed as soon as it is not needed: `close` ends the watching. */
export function watchWire(): Wire {
  const answers: Answered[] = [];
  const ends = new Map<string, Date | undefined>();

  const onConnected = (message: unknown) => {
    const { connectParams, socket } = message as { connectParams: ConnectParams; socket: TLSSocket };
    const { origin } = new URL(`${connectParams.protocol}//${connectParams.host}`);
    // A session that is taken up again shows no certificate.
    ends.set(origin, endOf(socket) ?? ends.get(origin));
  };
  const onHeaders = (message: unknown) => {
    const { request, response } = message as { request: Requested; response: { headers: unknown } };
    // A proxy's answer: it opens the way to another.
    if (request.method === "CONNECT") return;
    answers.push({ origin: new URL(request.origin).origin, ahead: aheadOf(dateIn(response.headers), Date.now()) });
  };
  subscribe("undici:client:connected", onConnected);
  subscribe("undici:request:headers", onHeaders);
  return {
    answers,
    connected: (origin) => ends.has(origin),
    certificateEnd: (origin) => ends.get(origin),
    close() {
      unsubscribe("undici:client:connected", onConnected);
      unsubscribe("undici:request:headers", onHeaders);
    },
  };
}

function endOf(socket: Partial<TLSSocket>): Date | undefined {
  const text = socket.getPeerCertificate?.()?.valid_to;
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** @param headers names and values in turn, as bytes */
function dateIn(headers: unknown): string | undefined {
  if (!Array.isArray(headers)) return undefined;
  const index = headers.findIndex((name, at) => at % 2 === 0 && String(name).toLowerCase() === "date");
  return index === -1 ? undefined : String(headers[index + 1]);
}

/** A `Date` has whole seconds: it stands for the middle of its second. */
function aheadOf(date: string | undefined, now: number): number | undefined {
  const time = Date.parse(date ?? "");
  return Number.isNaN(time) ? undefined : time + 500 - now;
}

/** Milliseconds of difference from which on tokens and certificates may fail by it. */
const LARGE = 60_000;

/**
 * This machine's clock beside those of the server and of the secret backend, as the `Date` of their answers tells them.
 *
 * @param origin the server's
 * @param answers those since it is examined
 */
export function clockFinding(origin: string, answers: readonly Answered[]): Finding {
  const clocks = new Map<string, number>();
  for (const answer of answers) {
    if (answer.ahead !== undefined) clocks.set(answer.origin, answer.ahead);
  }
  if (clocks.size === 0) return skipped("clock", "no answer told the time");
  const warnings = [...clocks]
    .filter(([, ahead]) => Math.abs(ahead) >= LARGE)
    .map(([other, ahead]) => {
      const how = ahead > 0 ? "behind" : "ahead of";
      return `this machine's clock is ${formatDuration(ahead)} ${how} that of ${other}, by which tokens fail: have both set by NTP`;
    });
  if (warnings.length > 0) return fine("clock", "the clocks are apart", warnings);
  const others = [...clocks.keys()].map((other) => (other === origin ? "the server" : other));
  return fine("clock", `as that of ${others.join(" and ")}`);
}
