import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { ResponseHeaders, Suspicion } from "../pipeline/refusal.js";
import type { Refusal } from "../pipeline/route.js";
import type { Clock, Timer } from "../time/clock.js";

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** Bytes of a replaced answer that are read so that its connection can be used again; a longer one is cut off. */
const LONGEST_DISCARD = 64 * 1024;
/** Milliseconds that a replaced answer gets to end, and that the beginning of a 403 gets to come in. */
const LONGEST_WAIT = 1_000;
/** Bytes of a 403 that are looked at to tell a permission denial. */
const LONGEST_LOOK = 16 * 1024;

export interface RefusalHandlerOptions {
  /** Which answers to hold back. */
  suspect(status: number, headers: ResponseHeaders): Suspicion | undefined;
  /** Decides about a held answer: how to send the request again, or undefined to pass the answer on. */
  retry(refusal: Refusal): Promise<(() => void) | undefined>;
  /** What the caller gets for a failed connection. */
  explain(error: Error): Error;
  /** Called once it is certain that the request won't be sent again. */
  release(): void;
  readonly clock: Clock;
}

/**
 * Stands between a request and its caller. Everything but a suspicious answer passes straight through. Such an answer is held
 * back, paused, until it is decided whether the request goes out once more; then the caller sees one answer or the other,
 * never both.
 */
export class RefusalHandler implements Handler {
  readonly #handler: Handler;
  readonly #options: RefusalHandlerOptions;
  /** The held answer: events that the caller has not seen yet. */
  #held: (() => void)[] | undefined;
  /** A 403 whose beginning is still to be read. */
  #look: { chunks: Buffer[]; bytes: number } | undefined;
  #discarding = false;
  #discarded = 0;
  #timer: Timer | undefined;

  constructor(handler: Handler, options: RefusalHandlerOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  onRequestStart(controller: Controller, context: object): void {
    this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...event: Parameters<NonNullable<Handler["onRequestUpgrade"]>>): void {
    this.#handler.onRequestUpgrade?.(...event);
  }

  onBodySent(chunk: Buffer): void {
    (this.#handler as { onBodySent?(chunk: Buffer): void }).onBodySent?.(chunk);
  }

  onRequestSent(): void {
    (this.#handler as { onRequestSent?(): void }).onRequestSent?.();
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders, statusMessage?: string): void {
    const suspicion = status < 200 ? undefined : this.#options.suspect(status, headers);
    if (suspicion === undefined) {
      if (status >= 200) this.#options.release();
      this.#handler.onResponseStart?.(controller, status, headers, statusMessage);
      return;
    }
    this.#held = [() => this.#handler.onResponseStart?.(controller, status, headers, statusMessage)];
    if (suspicion === "permission") {
      this.#look = { chunks: [], bytes: 0 };
      // One that trickles in is judged by what is there.
      this.#timer = this.#options.clock.setTimeout(() => this.#decideByBody(controller), LONGEST_WAIT);
    } else this.#decide(controller, { suspicion });
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#discarding) {
      this.#discarded += chunk.length;
      if (this.#discarded > LONGEST_DISCARD) controller.abort(new Error("answer replaced by a second attempt"));
      return;
    }
    if (this.#held === undefined) {
      this.#handler.onResponseData?.(controller, chunk);
      return;
    }
    this.#held.push(() => this.#handler.onResponseData?.(controller, chunk));
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
    if (this.#held === undefined) {
      this.#handler.onResponseEnd?.(controller, trailers);
      return;
    }
    this.#held.push(() => this.#handler.onResponseEnd?.(controller, trailers));
    if (this.#look !== undefined) this.#decideByBody(controller);
  }

  onResponseError(...event: Parameters<NonNullable<Handler["onResponseError"]>>): void {
    if (this.#discarding) return;
    this.#options.release();
    const [controller, error] = event;
    this.#forward(() => this.#handler.onResponseError?.(controller, this.#options.explain(error)));
    // Cut off before it could be judged: the caller gets what there was, and the error.
    if (this.#look !== undefined) this.#pass(controller);
  }

  #forward(event: () => void): void {
    if (this.#held === undefined) event();
    else this.#held.push(event);
  }

  #decideByBody(controller: Controller): void {
    this.#timer?.cancel();
    const body = Buffer.concat(this.#look?.chunks ?? []).toString("utf8");
    this.#look = undefined;
    this.#decide(controller, { suspicion: "permission", body });
  }

  #decide(controller: Controller, refusal: Refusal): void {
    controller.pause();
    this.#options.retry(refusal).then(
      (again) => (again === undefined ? this.#pass(controller) : this.#replace(controller, again)),
      () => this.#pass(controller),
    );
  }

  #pass(controller: Controller): void {
    this.#timer?.cancel();
    this.#look = undefined;
    this.#options.release();
    // Resumed first, so that a pause that the caller asks for while it takes the events stays in force.
    controller?.resume();
    const held = this.#held ?? [];
    this.#held = undefined;
    try {
      for (const event of held) event();
    } catch (thrown) {
      controller?.abort(thrown as Error);
    }
  }

  #replace(controller: Controller, again: () => void): void {
    this.#held = undefined;
    this.#discarding = true;
    const late = () => controller.abort(new Error("answer replaced by a second attempt"));
    // The second attempt may wait for this connection.
    this.#timer = this.#options.clock.setTimeout(late, LONGEST_WAIT);
    controller.resume();
    try {
      again();
    } catch (thrown) {
      this.#handler.onResponseError?.(controller, thrown as Error);
    }
  }
}
