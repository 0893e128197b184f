/** An answer that may be about the credential, held back until it is decided whether the request goes out once more. */
import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { Rejection, RejectionKind } from "../mlflow/rejection.js";
import type { Clock, Timer } from "../time/clock.js";

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** Bytes of a replaced answer that are read so that its connection can be used again; a longer one is cut off. */
const LONGEST_DISCARD = 64 * 1024;
/** Milliseconds that a replaced answer gets to end, and that the beginning of a 403 gets to come in. */
const LONGEST_WAIT = 1_000;
/** Bytes of a 403 that are looked at to tell a permission denial. */
const LONGEST_LOOK = 16 * 1024;

/** Whose answer is held, and who decides about it. */
export interface HeldAnswerOptions {
  /** The caller's. */
  readonly handler: Handler;
  readonly clock: Clock;
  readonly kind: RejectionKind;
  /** Decides about the answer: how to send the request again, an error to give the caller in its place, or undefined to pass it on. */
  retry(rejection: Rejection): Promise<(() => void) | Error | undefined>;
  /** Called once it is certain that the request won't be sent again. */
  release(): void;
}

/** Takes the events of the answer. The caller sees this answer or the next, never both. */
export class HeldAnswer {
  readonly #options: HeldAnswerOptions;
  /** Events that the caller has not seen yet; undefined once the answer is passed on. */
  #events: (() => void)[] | undefined = [];
  /** That of the answer. */
  #date: string | undefined;
  /** The beginning of a 403 that is still to be read. */
  #look: { chunks: Buffer[]; bytes: number } | undefined;
  #discarding = false;
  #discarded = 0;
  #timer: Timer | undefined;
  #over = false;

  constructor(options: HeldAnswerOptions) {
    this.#options = options;
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders, statusMessage?: string): void {
    const { handler, kind, clock } = this.#options;
    this.#forward(() => handler.onResponseStart?.(controller, status, headers, statusMessage));
    this.#date = headers.date;
    if (kind !== "forbidden") {
      this.#decide(controller);
      return;
    }
    this.#look = { chunks: [], bytes: 0 };
    // One that trickles in is judged by what is there.
    this.#timer = clock.setTimeout(() => this.#decideByBody(controller), LONGEST_WAIT);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#discarding) {
      this.#discarded += chunk.length;
      if (this.#discarded > LONGEST_DISCARD) controller.abort(new Error("answer replaced by a second attempt"));
      return;
    }
    this.#forward(() => this.#options.handler.onResponseData?.(controller, chunk));
    if (this.#look === undefined) return;
    this.#look.chunks.push(chunk);
    this.#look.bytes += chunk.length;
    if (this.#look.bytes >= LONGEST_LOOK) this.#decideByBody(controller);
  }

  onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    if (this.#discarding) {
      this.#timer?.cancel();
      return;
    }
    this.#over = true;
    this.#forward(() => this.#options.handler.onResponseEnd?.(controller, trailers));
    if (this.#look !== undefined) this.#decideByBody(controller);
  }

  onResponseError(controller: Controller, error: Error): void {
    if (this.#discarding) return;
    this.#forward(() => this.#options.handler.onResponseError?.(controller, error));
    // Cut off before it could be judged: the caller gets what there was, and the error.
    if (this.#look !== undefined) this.#pass(controller);
  }

  #forward(event: () => void): void {
    if (this.#events === undefined) event();
    else this.#events.push(event);
  }

  #decideByBody(controller: Controller): void {
    this.#timer?.cancel();
    const body = Buffer.concat(this.#look?.chunks ?? []).toString("utf8");
    this.#look = undefined;
    this.#decide(controller, body);
  }

  #decide(controller: Controller, body?: string): void {
    const { kind, retry } = this.#options;
    controller.pause();
    retry({ kind, body, date: this.#date }).then(
      // Whoever gave up meanwhile is told so, and nothing is sent any more: not every client would notice a second beginning.
      (again) => {
        if (again === undefined || controller.aborted) this.#pass(controller);
        else if (again instanceof Error) this.#fail(controller, again);
        else this.#replace(controller, again);
      },
      () => this.#pass(controller),
    );
  }

  #fail(controller: Controller, error: Error): void {
    this.#discarding = true;
    this.#events = undefined;
    this.#options.release();
    // First, so that an upload that the caller gives up now does not look whole to the server.
    if (!this.#over) controller.abort(error);
    this.#options.handler.onResponseError?.(controller, error);
  }

  #pass(controller: Controller): void {
    this.#timer?.cancel();
    this.#look = undefined;
    this.#options.release();
    // Resumed first, so that a pause that the caller asks for while it takes the events stays in force.
    controller?.resume();
    const events = this.#events ?? [];
    this.#events = undefined;
    try {
      for (const event of events) event();
    } catch (thrown) {
      // An answer that has ended can't be aborted, and its caller would wait for ever.
      if (this.#over) this.#options.handler.onResponseError?.(controller, thrown as Error);
      else controller?.abort(thrown as Error);
    }
  }

  #replace(controller: Controller, again: () => void): void {
    this.#events = undefined;
    this.#discarding = true;
    const late = () => controller.abort(new Error("answer replaced by a second attempt"));
    // The second attempt may wait for this connection.
    this.#timer = this.#options.clock.setTimeout(late, LONGEST_WAIT);
    controller.resume();
    try {
      again();
    } catch (thrown) {
      this.#options.handler.onResponseError?.(controller, thrown as Error);
    }
  }
}
