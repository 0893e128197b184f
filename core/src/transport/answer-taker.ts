/** A server's answer as an object, for a plugin that looks at it. */
import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { DispatchedAnswer } from "../provider/provider.js";

type Controller = Dispatcher.DispatchController;

/** Takes the events of one answer, at the pace at which its body is read. */
export class AnswerTaker implements Dispatcher.DispatchHandler {
  readonly #answer = Promise.withResolvers<DispatchedAnswer>();
  readonly #signal: AbortSignal;
  readonly #body: Readable;
  #controller: Controller | undefined;
  #isOver = false;
  #failure: Error | undefined;

  /** @param signal aborted when nobody waits for the answer any more */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#body = new Readable({
      read: () => this.#controller?.resume(),
      destroy: (error, done) => {
        if (!this.#isOver) this.#controller?.abort(error ?? UNWANTED);
        done(error);
      },
    });
    // Whoever reads it is told; if nobody does, it is nobody's.
    this.#body.on("error", () => undefined);
    // So is what never came.
    this.answer.catch(() => undefined);
    const abort = () => {
      this.#answer.reject(signal.reason);
      this.#body.destroy(signal.reason as Error);
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  }

  /** What was given as the body of the answer. */
  get body(): unknown {
    return this.#body;
  }

  /** What the connection to the server failed with. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Rejects where none came. */
  get answer(): Promise<DispatchedAnswer> {
    return this.#answer.promise;
  }

  /** Nobody wants what is left of it. */
  discard(): void {
    this.#answer.reject(UNWANTED);
    this.#body.destroy();
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    // It may have been given up while its credential was fetched: the answer would hold its connection for ever.
    if (this.#body.destroyed) controller.abort(this.#signal.reason ?? UNWANTED);
  }

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#answer.resolve({ status, headers: headers as Record<string, string | string[]>, body: this.#body });
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (!this.#body.push(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#isOver = true;
    this.#body.push(null);
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#isOver = true;
    this.#failure = error;
    this.#answer.reject(error);
    this.#body.destroy(error);
  }
}

const UNWANTED = new Error("nobody wanted the rest of the answer");
