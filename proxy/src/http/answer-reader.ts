/** Reads along a short answer that is JSON: nothing waits for it, and nothing fails because of it. */
import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";

/** Bytes, encoded and decoded. An answer of more is passed on unread. */
const LONGEST = 256 * 1024;

/** An artifact has another, and is neither kept nor decoded for nothing. */
const JSON_TYPE = /^application\/json\b/i;

/** Node's functions for the encodings that clients ask for. Loaded once there is something to decode, for that takes its time. */
const decoders: Readonly<Record<string, "gunzipSync" | "inflateSync" | "brotliDecompressSync">> = {
  gzip: "gunzipSync",
  deflate: "inflateSync",
  br: "brotliDecompressSync",
};

/** What is wanted of the answers. */
export interface Reading {
  /** Only answers that say that they are JSON, and hold these bytes, are told. Default: every answer. */
  readonly holding?: Buffer | undefined;
  read(body: string): void;
}

/** Passes everything on, and tells of a successful answer of at most 256 KiB. */
export class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #reading: Reading;
  #encoding = "";
  #length = 0;
  #chunks: Buffer[] | undefined;

  constructor(handler: Dispatcher.DispatchHandler, reading: Reading) {
    this.#handler = handler;
    this.#reading = reading;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context);
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusMessage?: string,
  ): void {
    if (status === 200) {
      const { holding } = this.#reading;
      const length = Number(headers["content-length"] ?? LONGEST);
      const mayHold =
        holding === undefined || (length >= holding.length && JSON_TYPE.test(String(headers["content-type"])));
      this.#chunks = length <= LONGEST && mayHold ? [] : undefined;
      this.#length = 0;
      this.#encoding = String(headers["content-encoding"] ?? "").toLowerCase();
    }
    this.#handler.onResponseStart?.(controller, status, headers, statusMessage);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > LONGEST) this.#chunks = undefined;
    this.#chunks?.push(chunk);
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#handler.onResponseEnd?.(controller, trailers);
    if (this.#chunks === undefined || this.#length === 0) return;
    try {
      this.#tell(this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks));
    } catch {
      // An answer that can't be read is the client's affair: it got every byte.
    }
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#handler.onResponseError?.(controller, error);
  }

  #tell(given: Buffer): void {
    const decoder = decoders[this.#encoding];
    const body =
      decoder === undefined
        ? given
        : process.getBuiltinModule("node:zlib")[decoder](given, { maxOutputLength: LONGEST });
    const { holding, read } = this.#reading;
    if (holding === undefined || body.includes(holding)) read(body.toString());
  }
}
