import type { Dispatcher } from "undici";

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** Bytes of a refused answer that are read so that its connection can be used again; a longer one is cut off. */
const LONGEST_DISCARD = 64 * 1024;

/** Decides about a refused answer: how to send the request again, or undefined to pass the answer on. */
export type Retry = (status: number) => Promise<(() => void) | undefined>;

/**
 * Stands between a request and its caller. Everything but a refusal passes straight through. A refused answer is held back,
 * paused, until it is decided whether the request goes out once more; then the caller sees one answer or the other, never both.
 */
export class RefusalHandler implements Handler {
  readonly #handler: Handler;
  readonly #retry: Retry | undefined;
  readonly #release: () => void;
  /** Events of a held answer that came although it is paused: a peer that closes flushes what it sent. */
  #held: (() => void)[] | undefined;
  #discarding = false;
  #discarded = 0;

  /** @param release called once it is certain that the request won't be sent again */
  constructor(handler: Handler, retry: Retry | undefined, release: () => void) {
    this.#handler = handler;
    this.#retry = retry;
    this.#release = release;
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

  onResponseStart(...event: Parameters<NonNullable<Handler["onResponseStart"]>>): void {
    const [controller, status] = event;
    if (status !== 401 || this.#retry === undefined) {
      if (status >= 200) this.#release();
      this.#handler.onResponseStart?.(...event);
      return;
    }
    this.#held = [() => this.#handler.onResponseStart?.(...event)];
    controller.pause();
    this.#retry(status).then(
      (again) => (again === undefined ? this.#pass(controller) : this.#replace(controller, again)),
      () => this.#pass(controller),
    );
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#discarding) {
      this.#discarded += chunk.length;
      if (this.#discarded > LONGEST_DISCARD) controller.abort(new Error("answer replaced by a second attempt"));
      return;
    }
    this.#forward(() => this.#handler.onResponseData?.(controller, chunk));
  }

  onResponseEnd(...event: Parameters<NonNullable<Handler["onResponseEnd"]>>): void {
    if (!this.#discarding) this.#forward(() => this.#handler.onResponseEnd?.(...event));
  }

  onResponseError(...event: Parameters<NonNullable<Handler["onResponseError"]>>): void {
    if (this.#discarding) return;
    this.#release();
    this.#forward(() => this.#handler.onResponseError?.(...event));
  }

  #forward(event: () => void): void {
    if (this.#held === undefined) event();
    else this.#held.push(event);
  }

  #pass(controller: Controller): void {
    this.#release();
    // Resumed first, so that a pause that the caller asks for while it takes the events stays in force.
    controller.resume();
    const held = this.#held ?? [];
    this.#held = undefined;
    try {
      for (const event of held) event();
    } catch (thrown) {
      controller.abort(thrown as Error);
    }
  }

  #replace(controller: Controller, again: () => void): void {
    this.#held = undefined;
    this.#discarding = true;
    controller.resume();
    try {
      again();
    } catch (thrown) {
      this.#handler.onResponseError?.(controller, thrown as Error);
    }
  }
}
