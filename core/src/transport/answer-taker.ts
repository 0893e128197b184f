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

  /** @param signal aborted when nobody waits for the answer any more */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#body = new Readable({
      read: () => this.#controller?.resume(),
      destroy: (error, done) => {
        if (!this.#isOver) this.#controller?.abort(error ?? new Error("nobody wanted the rest of the answer"));
        done(error);
      },
    });
    // Whoever reads it is told; if nobody does, it is nobody's.
    this.#body.on("error", () => undefined);
    signal.addEventListener("abort", () => this.#body.destroy(signal.reason as Error), { once: true });
  }

  /** Rejects where none came. */
  get answer(): Promise<DispatchedAnswer> {
    return this.#answer.promise;
  }

  /** Nobody wants what is left of it. */
  discard(): void {
    this.#body.destroy();
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#signal.aborted) controller.abort(this.#signal.reason as Error);
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
    this.#answer.reject(error);
    this.#body.destroy(error);
  }
}
