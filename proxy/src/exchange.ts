/** One request and its answer: undici's handler, writing to the client. */
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Dispatcher } from "undici";
import { endAfterUpload } from "./linger.js";
import { type Returning, returnedHeaders } from "./response-headers.js";
import type { Upload } from "./upload.js";

type Controller = Dispatcher.DispatchController;

export interface ExchangeOptions {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The body that streams; undefined if there is none or it was read whole. */
  readonly upload: Upload | undefined;
  readonly returning: Returning;
  /** Whether the connection is to be closed after the answer. */
  readonly closing: () => boolean;
  readonly answered: () => void;
  /** No answer came. The response has not been begun and the client is there. */
  readonly failed: (error: unknown) => void;
}

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  #controller: Controller | undefined;
  #bodyBegun = false;
  #over = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { res, upload } = options;
    res.on("close", () => {
      if (!this.#over) this.#controller?.abort(new Error("the client went away"));
      this.#over = true;
    });
    res.on("drain", () => this.#controller?.resume());
    // Only a client that keeps us waiting is cut off. How long an upstream may think is for the client to decide.
    res.on("timeout", () => {
      if (upload?.starved || res.writableNeedDrain) res.destroy();
    });
  }

  /** Called again if the request is sent a second time. */
  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error("the client went away"));
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // What comes before the answer proper (100, 102, 103) was for us.
    if (status < 200 || this.#over) return;
    try {
      this.#begin(status, headers);
    } catch (thrown) {
      // An answer that can't be written must not leave the client waiting for it.
      this.#over = true;
      this.#options.res.destroy();
      controller.abort(thrown as Error);
    }
  }

  #begin(status: number, headers: IncomingHttpHeaders): void {
    const { req, res, upload, returning, closing, answered } = this.#options;
    const list = returnedHeaders(headers, returning);
    if (upload !== undefined && !req.complete) {
      list.push("connection", "close");
      endAfterUpload(req);
    } else if (closing()) {
      list.push("connection", "close");
    }
    res.sendDate = false;
    // The phrase is ours: the upstream's has no meaning, and may hold characters that can't be written.
    res.writeHead(status, STATUS_CODES[status] ?? "", list);
    // Head and body go out together where they come together; a head that comes alone must not wait for its body.
    process.nextTick(() => {
      if (!this.#bodyBegun && !this.#over) res.flushHeaders();
    });
    answered();
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#over) return;
    this.#bodyBegun = true;
    if (!this.#options.res.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.res.end();
    this.#options.upload?.discard();
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    const { res, upload, failed } = this.#options;
    upload?.discard();
    // The head is out: an end would make a cut-off answer look complete.
    if (res.headersSent) res.destroy();
    else failed(error);
  }
}
