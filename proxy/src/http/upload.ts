/** A request's body on its way up: read whole where it is small, else streamed at the pace of the upstream. */
import type { IncomingMessage } from "node:http";

/** Calls back with the whole body, and never if the client gives up before it is complete. */
export function collect(req: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
}

/** Who is told of an upload's progress. */
export interface UploadHooks {
  /** Called when the body is asked for, before any of it is read. */
  readonly begin?: (() => void) | undefined;
  /** Told how many bytes of it have come. */
  readonly streamed?: ((bytes: number) => void) | undefined;
}

/**
 * A request's body for undici: an async iterable, one chunk at a time, at the pace of its reader. It is not a stream, on purpose:
 * a stream would be destroyed when the upstream fails, and the client's connection with it; then nothing could be answered.
 */
export class Upload implements AsyncIterator<Buffer, undefined>, AsyncIterable<Buffer> {
  readonly #req: IncomingMessage;
  readonly #hooks: UploadHooks;
  #began = false;
  #over = false;
  #error: Error | undefined;
  #chunks: Buffer[] = [];
  #reader: ((result: IteratorResult<Buffer, undefined>) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(req: IncomingMessage, hooks: UploadHooks = {}) {
    this.#req = req;
    this.#hooks = hooks;
    req.pause();
    req.on("data", (chunk: Buffer) => this.#take(chunk));
    req.on("end", () => this.#finish());
    req.on("close", () => this.#finish(new Error("the client went away in the middle of its upload")));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Buffer, undefined>> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) return Promise.resolve({ done: false, value: chunk });
    // Never an end for a failure: a cut-off body would look complete to the upstream.
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    if (!this.#began) {
      this.#began = true;
      this.#hooks.begin?.();
    }
    return new Promise((resolve, reject) => {
      this.#reader = resolve;
      this.#fail = reject;
      this.#req.resume();
    });
  }

  return(): Promise<IteratorResult<Buffer, undefined>> {
    this.discard();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Nobody wants the rest: it is read and dropped, so that an answer gets through. */
  discard(): void {
    this.#chunks = [];
    this.#finish();
    this.#req.resume();
  }

  /** Whether it is the client that keeps the upload waiting. */
  get starved(): boolean {
    return !this.#over && this.#reader !== undefined;
  }

  #take(chunk: Buffer): void {
    if (this.#over) return;
    this.#req.pause();
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#chunks.push(chunk);
    else reader({ done: false, value: chunk });
    this.#hooks.streamed?.(chunk.length);
  }

  #finish(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    if (this.#reader === undefined) return;
    if (error === undefined) this.#reader({ done: true, value: undefined });
    else this.#fail?.(error);
    this.#reader = undefined;
  }
}
