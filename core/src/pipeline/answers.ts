/** What becomes of requests to listed servers, told where nobody would hear of it: failures that clients bear in silence, and at debug every answer. */
import type { ServerConfig } from "../config/config.js";
import { printable } from "../errors/printable.js";
import { isPassing, pythonRepeats, remedyForPassing } from "../mlflow/passing-failures.js";
import type { Logger } from "../provider/context.js";
import type { Clock } from "../time/clock.js";

/** Told of answers by whoever sends requests. */
export interface Answers {
  /** Servers whose last answer was such a failure. Nearly always none, so that an answer costs one look. */
  readonly failing: { readonly size: number };
  /**
   * To be called for an answer of `FIRST_PASSING` or above, and for any while there are `failing` ones. Warns once for each server and
   * status while it lasts, and at most once a minute.
   *
   * @param retryAfter the answer's Retry-After
   */
  note(server: ServerConfig, status: number, retryAfter?: string | string[] | undefined): void;
  /** Tells at debug how a request ended. Undefined unless somebody reads it: it is free then. */
  readonly tell: ((request: EndedRequest) => void) | undefined;
}

/**
 * The status of the server's answer; or the code with which the request was refused here, by a proxy with a status of its own; or the
 * code or name of what broke an answer off, `given up` where that was the client.
 */
export type RequestEnd =
  | number
  | { readonly refused: string; readonly status?: number | undefined }
  | { readonly broken: string };

/** A request to a listed server that has been answered, or refused, or failed. */
export interface EndedRequest {
  /** The server's URI, as the file has it. Undefined for what was refused before anybody asked whose it is. */
  readonly server?: string | undefined;
  readonly method: string;
  /** With its query, which is not told. */
  readonly path: string;
  readonly end: RequestEnd;
  /** From when it was asked for until its answer was over. */
  readonly milliseconds: number;
}

/** Milliseconds between two warnings of the same server and status, where it comes and goes. */
const PAUSE = 60_000;
/** Characters of a path that are told. */
const LONGEST_PATH = 300;

/** @param pythonsToo whether the requests are those of other programs, MLflow's Python client among them */
export function createAnswers(logger: Logger, clock: Pick<Clock, "now">, pythonsToo: boolean): Answers {
  const failing = new Map<string, Set<number>>();
  const told = new Map<string, number>();

  function note({ uri }: ServerConfig, status: number, retryAfter?: string | string[]): void {
    if (!isPassing(status)) {
      if (failing.delete(uri)) logger.info({ server: uri, status }, `${uri} answers again`);
      return;
    }
    let statuses = failing.get(uri);
    if (statuses?.has(status)) return;
    const key = `${status} ${uri}`;
    const now = clock.now();
    if (now - (told.get(key) ?? Number.NEGATIVE_INFINITY) < PAUSE) return;
    told.set(key, now);
    if (statuses === undefined) {
      statuses = new Set();
      failing.set(uri, statuses);
    }
    statuses.add(status);
    const what = `${uri} answers ${status}${status === 429 ? ": it takes no more requests for now" : ""}`;
    const whoWaits = pythonsToo ? `. ${pythonRepeats(status, retryAfter)}` : "";
    logger.warn({ server: uri, status }, `${what}${whoWaits}. Try this: ${remedyForPassing(status)}`);
  }

  function tell({ server, method, path, end, milliseconds }: EndedRequest): void {
    const { text, ...how } = toldEnd(end);
    const fields = { ...(server && { server }), ...how, milliseconds: Math.round(milliseconds) };
    const asked = printable(path.replace(/[?#].*$/s, "").slice(0, LONGEST_PATH));
    logger.debug(fields, `${method} ${asked}: ${text} after ${fields.milliseconds} ms`);
  }

  return { failing, note, tell: logger.isLevelEnabled?.("debug") === false ? undefined : tell };
}

function toldEnd(end: RequestEnd): { text: string; status?: number; reason?: string } {
  if (typeof end === "number") return { text: `answered ${end}`, status: end };
  if ("broken" in end) return { text: `no whole answer (${end.broken})`, reason: end.broken };
  const { refused, status } = end;
  if (status === undefined) return { text: `refused (${refused})`, reason: refused };
  return { text: `refused with ${status} (${refused})`, status, reason: refused };
}
