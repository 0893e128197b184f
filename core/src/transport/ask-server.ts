/** Asks a listed server something on behalf of a request: over its connections, and with its credential. */
import type { Dispatcher } from "undici";
import { connectionFailureOf } from "../connection/failure.js";
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { ServerAnswer } from "../pipeline/server-versions.js";
import type { Clock, Timer } from "../time/clock.js";

/** Bytes of the answer that are read. */
const LONGEST_ANSWER = 1024;
/** Milliseconds, waiting for a connection included: all may be taken by requests that wait in their turn. */
const LONGEST_WAIT = 5_000;

/**
 * GETs a URL.
 *
 * @param send what the client's own requests go through: it adds the credential
 * @returns never a rejection: whoever asks goes on without an answer
 */
export function askServer(send: Dispatcher["dispatch"], url: string, clock: Clock): Promise<ServerAnswer> {
  const { origin, pathname } = new URL(url);
  return new Promise((resolve) => {
    const handler = new AnswerHandler(resolve, clock);
    try {
      send({ origin, path: pathname, method: "GET", headers: { accept: "text/plain, */*" } }, handler);
    } catch (thrown) {
      handler.onResponseError(undefined, thrown as Error);
    }
  });
}

class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: ServerAnswer) => void;
  readonly #timer: Timer;
  #controller: Dispatcher.DispatchController | undefined;
  #late = false;
  #status = 0;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(resolve: (answer: ServerAnswer) => void, clock: Clock) {
    this.#resolve = resolve;
    this.#timer = clock.setTimeout(() => this.#giveUp(), LONGEST_WAIT);
  }

  #giveUp(): void {
    this.#late = true;
    this.#resolve({ unanswered: "it took more than 5 s" });
    this.#controller?.abort(tooLate());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#late) controller.abort(tooLate());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= LONGEST_ANSWER) return;
    this.onResponseEnd();
    controller.abort(new Error("more than anybody asked for"));
  }

  onResponseEnd(): void {
    this.#timer.cancel();
    const text = Buffer.concat(this.#chunks).subarray(0, LONGEST_ANSWER).toString("latin1");
    this.#resolve({ status: this.#status, text });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#timer.cancel();
    this.#resolve({ unanswered: isMlflowAuthError(error) ? error.message : connectionFailureOf(error).what });
  }
}

const tooLate = () => new Error("nobody waits for the answer any more");
