/** How an answer gets to the client: the upstream's, or the front's own, and what becomes of an upload that is still coming in. */
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Dispatcher } from "undici";
import { type AnswerReader, type Reading, readerOf } from "./answer-reader.js";
import { endAfterAnswer } from "./connections.js";
import { hasBody } from "./head.js";
import { type HeaderRewriting, returnedHeaders } from "./headers.js";
import type { Refusal } from "./refusal.js";
import type { Upload } from "./upload.js";
import type { Load } from "./waiting.js";

type Controller = Dispatcher.DispatchController;

interface Head {
  readonly status: number;
  /** Names and values in turn. */
  readonly list: string[];
}

/** One request, and whom to tell what became of it. */
export interface ResponseWriterOptions {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The body that streams; undefined if there is none or it was read whole. */
  readonly upload: Upload | undefined;
  readonly rewriting: HeaderRewriting;
  readonly readings: readonly Reading[];
  /** Whether the connection is to be closed after the answer. */
  readonly closing: () => boolean;
  /** Told when the head of an answer has come. */
  readonly answered: () => void;
  /** No answer came. Whether the request goes out again, for this same object to take its answer. */
  readonly again: (error: unknown) => boolean;
  /** No answer came, or, where it was begun, none that can be read. The response has not been begun and the client is there. */
  readonly failed: (error: unknown, begun: boolean) => void;
  /** The answer, of which the client has the head, ended before its end. */
  readonly brokeOff: (error: unknown) => void;
  /** Told how many bytes of a body have gone by. */
  readonly streamed?: ((bytes: number) => void) | undefined;
  /** Milliseconds that the head of a short answer waits for its body. Default 5,000. */
  readonly patience?: number | undefined;
  /** Of the server, in which this request is counted. */
  readonly load?: Load | undefined;
}

/** Bytes up to which the beginning of a body may wait for its end: until the end of the tick in which it came. */
const SMALL = 16 * 1024;

/**
 * Bytes of a declared length up to which the head waits for the whole body: should this process be killed in between, the client has all of
 * the answer or none of it. MLflow sends a request again that was not answered at all, and none whose answer breaks off.
 */
const SHORT = 64 * 1024;

/** Milliseconds that it waits at most: less than clients wait for an answer. */
const PATIENCE = 5_000;

/** One request's answer: undici's handler, writing to the client. */
export class ResponseWriter implements Dispatcher.DispatchHandler {
  readonly #options: ResponseWriterOptions;
  #controller: Controller | undefined;
  /** The head of the answer, while it is not written yet. */
  #head: Head | undefined;
  /** Whether it waits for all of the body. */
  #isShort = false;
  #hold: NodeJS.Timeout | undefined;
  /** The beginning of the body, not written yet. */
  #first: Buffer | undefined;
  #over = false;
  /** Whether the first byte of an answer has come: so the server has taken the request. */
  #begun = false;
  #reader: AnswerReader | undefined;

  constructor(options: ResponseWriterOptions) {
    this.#options = options;
    const { res, upload, load } = options;
    if (load !== undefined) load.underWay++;
    res.on("close", () => {
      clearTimeout(this.#hold);
      if (load !== undefined) {
        load.underWay--;
        if (this.#controller !== undefined) load.connected--;
      }
      if (!this.#over) this.#controller?.abort(new Error("the client went away"));
      this.#over = true;
    });
    // Only a client that keeps us waiting is cut off. How long an upstream may think is for the client to decide.
    res.on("timeout", () => {
      if (upload?.starved || res.writableNeedDrain) res.destroy();
    });
  }

  /** Whether the request has not got a connection yet. */
  get isWaiting(): boolean {
    return this.#controller === undefined && !this.#over;
  }

  /** Called again if the request is sent a second time. */
  onRequestStart(controller: Controller): void {
    const { load, res } = this.#options;
    if (load !== undefined && this.#controller === undefined && !res.destroyed) load.connected++;
    this.#controller = controller;
    this.#begun = false;
    if (this.#over) controller.abort(new Error("the client went away"));
  }

  onResponseStarted(): void {
    this.#begun = true;
  }

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // What comes before the answer proper (100, 102, 103) was for us.
    if (status < 200 || this.#over) return;
    this.#begun = true;
    try {
      this.#begin(status, headers);
    } catch (thrown) {
      this.#breakOff(thrown as Error);
    }
  }

  /** An answer that can't be written must not leave the client waiting for it. */
  #breakOff(reason: Error): void {
    this.onResponseError(null, reason);
    this.#controller?.abort(reason);
  }

  #begin(status: number, headers: IncomingHttpHeaders): void {
    const { req, upload, rewriting, readings, closing, answered, streamed } = this.#options;
    this.#reader = readerOf(readings, status, headers);
    const list = returnedHeaders(headers, rewriting);
    if ((upload !== undefined && !req.complete) || closing()) {
      list.push("connection", "close");
      endAfterAnswer(req.socket, streamed);
    }
    this.#head = { status, list };
    this.#isShort = Number(headers["content-length"]) <= SHORT;
    // Head and body go out together where they come together; a head that comes alone must not wait for a body that is long, or has no end.
    process.nextTick(() => this.#endTick());
    answered();
  }

  #endTick(): void {
    if (this.#over || this.#head === undefined) return;
    const { patience = PATIENCE } = this.#options;
    if (this.#isShort) this.#hold = setTimeout(() => this.#flush(), patience);
    else this.#flush();
  }

  /** Writes the head, and what is there of the body. */
  #flush(): void {
    if (this.#over) return;
    this.#writeHead();
    if (this.#over) return;
    if (this.#first === undefined) this.#options.res.flushHeaders();
    else this.#write(this.#first);
    this.#first = undefined;
  }

  #writeHead(): void {
    if (this.#head === undefined) return;
    const { res } = this.#options;
    const { status, list } = this.#head;
    this.#head = undefined;
    clearTimeout(this.#hold);
    res.sendDate = false;
    try {
      // The phrase is ours: the upstream's has no meaning, and may hold characters that can't be written.
      res.writeHead(status, STATUS_CODES[status] ?? "", list);
    } catch (thrown) {
      this.#breakOff(thrown as Error);
    }
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#over) return;
    this.#reader?.add(chunk);
    if (this.#head !== undefined) {
      if (this.#isShort || (this.#first === undefined && chunk.length <= SMALL)) {
        this.#first = this.#first === undefined ? chunk : Buffer.concat([this.#first, chunk]);
        return;
      }
      this.#writeHead();
      if (this.#over) return;
      if (this.#first !== undefined) this.#write(this.#first);
      this.#first = undefined;
    }
    this.#write(chunk);
    this.#options.streamed?.(chunk.length);
    if (this.#options.res.writableNeedDrain) controller.pause();
  }

  #write(chunk: Buffer): void {
    const { res } = this.#options;
    if (!res.write(chunk) && res.listenerCount("drain") === 0) res.once("drain", () => this.#controller?.resume());
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#writeHead();
    if (this.#over) return;
    this.#over = true;
    const { res, upload } = this.#options;
    // As text of one byte a character it is written in one piece with the head.
    if (this.#first === undefined) res.end();
    else res.end(this.#first.toString("latin1"), "latin1");
    upload?.discard();
    this.#reader?.end();
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    if (this.#over) return;
    const { req, res, upload, again, failed, brokeOff } = this.#options;
    if (!this.#begun && !req.socket.destroyed && again(error)) return;
    this.#over = true;
    // It broke off because the client did: that is nobody's failure, and nobody is there to be answered.
    if (req.socket.destroyed) return;
    upload?.discard();
    // The head is out: an end would make a cut-off answer look complete.
    if (res.headersSent && res.req.httpVersion === "1.0") {
      // For such a client the closing of the connection is the end of an answer without a length.
      res.socket?.resetAndDestroy();
    }
    if (res.headersSent) {
      brokeOff(error);
      res.destroy();
    } else {
      failed(error, this.#begun);
    }
  }
}

/**
 * Answers with the refusal. Nothing may have been written to the response yet.
 *
 * @param isLast whether the connection ends with it. It does in any case where the body of the request is not there yet.
 */
export function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal, isLast = false): void {
  const { status, body } = refusal;
  const headers = [...refusal.headers, "content-length", String(Buffer.byteLength(body))];
  if (isLast || (hasBody(req) && !req.complete)) {
    headers.push("connection", "close");
    endAfterAnswer(req.socket);
  }
  // With a phrase: an answer that could not be written may have left its own behind.
  res.writeHead(status, STATUS_CODES[status] ?? "", headers);
  res.end(body);
}
