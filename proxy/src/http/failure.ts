/** What the client is told, and what is logged, where no answer came from the upstream. */
import {
  brokenAnswerOf,
  brokenRuleIn,
  type ConnectionFailure,
  connectionFailureOf,
  isMlflowAuthError,
  isPassing,
  isTagFailure,
  type Logger,
  type MlflowAuthError,
  pythonRepeats,
} from "@mlflow-auth/core/internal";
import { badRequest, Refusal } from "./refusal.js";

/**
 * MLflow's Python client sends a request again, for about four minutes and without a word, after 408, 429, 500, 502, 503 and
 * 504 (its `utils/request_utils.py`), so those are for what may pass by itself. What somebody must put right gets a status
 * that no client repeats: 424, the front lacks what it needs to send the request, which no MLflow server answers itself.
 */
const PERMANENT = 424;

/**
 * The failures of all upstreams. Each is logged, for a client that repeats its requests hides them for minutes; the failure of a
 * server once, until that server answers again or fails in another way.
 */
export class UpstreamFailures {
  readonly #logger: Logger;
  /** The servers that have answered, by their URIs as the file has them. Whoever sends requests adds them: nearly all are there. */
  readonly answered = new Set<string>();
  /** The failure of each server that has failed since it last answered, as it was logged. Whoever gets an answer takes it out. */
  readonly last = new Map<string, string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * What to answer the client with.
   *
   * @param begun whether the first byte of an answer had come
   */
  failed(thrown: unknown, server: string, begun: boolean): Refusal {
    // An error of ours stands for an answer that told that the request was not taken.
    const isTaken = !isMlflowAuthError(thrown) && (begun || brokenAnswerOf(thrown)?.begun === true);
    const refusal = isTaken ? unreadable(thrown, server) : refusalFor(thrown, server, this.answered.has(server));
    this.#log(thrown, refusal, server);
    return refusal;
  }

  #log(thrown: unknown, { status, message }: Refusal, server: string): void {
    if (this.last.get(server) === message) return;
    this.last.set(server, message);
    const { code, plugin } = isMlflowAuthError(thrown) ? thrown : {};
    const whoWaits = isPassing(status) ? `. ${pythonRepeats(status)}` : "";
    this.#logger.warn({ server, ...(code && { code }), ...(plugin && { plugin }) }, message + whoWaits);
  }
}

/**
 * @param answered whether this server has answered here before. Until then no outage of a secret store counts as passing: far
 *   more often its address is wrong, and somebody who starts a program should hear that at once.
 */
function refusalFor(thrown: unknown, server: string, answered: boolean): Refusal {
  if (isMlflowAuthError(thrown)) return withheld(thrown, thrown.transient && answered);
  const { code } = connectionFailureOf(thrown);
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") {
    return badRequest(
      "the request can't be passed on as it is. Try this: look at its method, its path and the characters in its headers",
    );
  }
  const message = `no answer from ${server} (${code}). Try this: check that the server is up and reachable from here`;
  return new Refusal(502, "TEMPORARILY_UNAVAILABLE", message);
}

/**
 * The server has begun to answer, so it has taken the request and may have carried it out: no client shall repeat it by itself.
 *
 * @param thrown what the answer was refused with; its words are the parser's, never the server's
 */
function unreadable(thrown: unknown, server: string): Refusal {
  const failure = connectionFailureOf(thrown);
  const rule = ruleOf(failure, thrown);
  const message = `the answer of ${server} can't be passed on: ${rule} (${failure.code}). The server may have carried out the request. Try this: look there before you send it again, and fix that server or the proxy in front of it`;
  return new Refusal(PERMANENT, "INTERNAL_ERROR", message);
}

function ruleOf({ code, kind }: ConnectionFailure, thrown: unknown): string {
  if (kind === "headers-too-large") return "its head is longer than 64 KiB";
  if (kind === "hung-up") return "it breaks off, or switches protocols";
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") {
    return "its head declares the length in several ways, or breaks a rule of HTTP/1.1 behind it";
  }
  const reason = brokenRuleIn(thrown);
  return `it breaks a rule of HTTP/1.1${reason === undefined ? "" : `: ${reason}`}`;
}

/**
 * The authorizer let nothing through, or no secure connection came about: nothing was sent.
 *
 * @param mayPass whether the cause may pass by itself. Default false
 */
export function withheld(error: MlflowAuthError, mayPass = false): Refusal {
  const { code, remedy } = error;
  const message = `${code}: ${error.message}${remedy === undefined ? "" : `. Try this: ${remedy}`}`;
  // The server has not taken the upload, and would take the same one at once.
  if (code === "UPLOAD_REJECTED") return new Refusal(503, "TEMPORARILY_UNAVAILABLE", message, code, 0);
  if (mayPass) return new Refusal(503, "TEMPORARILY_UNAVAILABLE", message, code);
  // The same answer as to a path that is refused before anybody asks which server it is for.
  if (code === "PATH_MISLEADING") return new Refusal(400, "BAD_REQUEST", message, code);
  return new Refusal(PERMANENT, isTagFailure(error) ? "INTERNAL_ERROR" : "UNAUTHENTICATED", message, code);
}
