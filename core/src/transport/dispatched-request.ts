/** A request that a plugin answers: itself, or with what the server answered to it. */
import { STATUS_CODES } from "node:http";
import type { Dispatcher } from "undici";
import type { ServerConfig } from "../config/config.js";
import { broughtIn, withoutQueryCredentials } from "../http/client-credentials.js";
import type { Dispatching } from "../pipeline/detours.js";
import { type CheckedAnswer, dropBody, wrongAnswer } from "../pipeline/dispatched-answer.js";
import type { DispatchedRequest } from "../provider/provider.js";
import { AnswerTaker } from "./answer-taker.js";
import { bytesOf } from "./body-chunks.js";
import { type DispatchHeaders, eachHeader } from "./client-request.js";
import { collect } from "./collect-body.js";
import { type OutgoingRequest, withQuery } from "./outgoing-request.js";
import { OwnController } from "./own-controller.js";

/**
 * @param send the way on, where the plugin takes it
 * @throws TypeError for an address that undici would refuse: nobody has been asked or told yet
 */
export function answerBy(
  dispatching: Dispatching,
  server: ServerConfig,
  request: OutgoingRequest,
  send: (request: OutgoingRequest) => boolean,
): true {
  const { handler, url } = request;
  // Where undici would refuse it, that is the client's fault, not the plugin's.
  const path = withoutQueryCredentials(withQuery(request.options));
  const controller = new OwnController();
  const body = new AskedBody(request.options, dispatching.instance);
  let answered: CheckedAnswer | undefined;
  let taker: AnswerTaker | undefined;
  let isOver = false;

  const dispatched: DispatchedRequest = {
    url: new URL(url.origin + path),
    method: url.method,
    server,
    headers: ownHeaders(request.options.headers as DispatchHeaders),
    signal: controller.signal,
    body: () => body.read(),
  };

  async function next() {
    const options = await body.sent();
    if (isOver) throw wrongAnswer(dispatching.instance, "called next() though its answer has been given");
    taker = new AnswerTaker(controller.signal);
    send({ ...request, options, handler: taker });
    return await taker.answer;
  }

  /** The client hears of it once, and at once: a plugin may not look at its signal. */
  function fail(error: Error): void {
    if (isOver) return;
    isOver = true;
    handler.onResponseError?.(controller, error);
    controller.abort(error);
    dropBody(answered?.body);
  }

  // Not within `abort`: whoever calls it is not done yet.
  controller.signal.addEventListener("abort", () => queueMicrotask(() => fail(controller.reason as Error)), {
    once: true,
  });
  // At once, so that the client can give up while the plugin thinks.
  handler.onRequestStart?.(controller, {});
  if (controller.aborted) return true;
  dispatching
    .dispatch(dispatched, next)
    .then(async (answer) => {
      answered = answer;
      if (isOver) return dropBody(answer.body);
      const isServers = answer.body === taker?.body;
      try {
        await deliver(isServers ? answer : withOwnLength(answer), url.method, handler, controller);
        isOver = true;
      } catch (thrown) {
        const isTheirs = controller.aborted || thrown === taker?.failure;
        throw isTheirs ? thrown : dispatching.fault(thrown);
      }
    })
    .catch((thrown) => fail(controller.reason ?? (thrown as Error)))
    // What of the server's answer nobody wanted.
    .finally(() => {
      isOver = true;
      taker?.discard();
    });
  return true;
}

/** A stream of the plugin's own ends where it ends: the length that it says may be that of the server's, which it was made of. */
function withOwnLength({ body, headers, ...answer }: CheckedAnswer): CheckedAnswer {
  if (body instanceof Uint8Array) return { ...answer, headers, body };
  const { "content-length": _, ...others } = headers;
  return { ...answer, headers: others, body };
}

/** A client's body, which a plugin may want to see before it is sent. */
class AskedBody {
  readonly #instance: string;
  #options: Dispatcher.DispatchOptions;
  #read: Promise<Buffer | undefined> | undefined;
  #isSent = false;

  constructor(options: Dispatcher.DispatchOptions, instance: string) {
    this.#options = options;
    this.#instance = instance;
  }

  /** All of it, a copy each time: what is sent stays as the client gave it. */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#read === undefined) {
      if (this.#isSent) throw wrongAnswer(this.#instance, "asked for a body that next() sends already");
      this.#read = this.#collect();
    }
    const bytes = await this.#read;
    return bytes && new Uint8Array(bytes);
  }

  /** The options to send: what is being read is waited for, for all that was read would be missing. */
  async sent(): Promise<Dispatcher.DispatchOptions> {
    this.#isSent = true;
    await this.#read;
    return this.#options;
  }

  async #collect(): Promise<Buffer | undefined> {
    const { body } = this.#options;
    if (body === null || body === undefined) return Buffer.alloc(0);
    const collected = await collect(body);
    const isRead = "bytes" in collected;
    const read = (isRead ? collected.bytes : collected.uncollected) as never;
    // A Blob can be read again, and its type goes with it.
    if (!((body as unknown) instanceof Blob)) this.#options = { ...this.#options, body: read };
    return isRead ? collected.bytes : undefined;
  }
}

/** As a plugin may see them: it is told of no credential but its own. */
function ownHeaders(given: DispatchHeaders): [name: string, value: string][] {
  const list: [name: string, value: string][] = [];
  eachHeader(given, (name, value) => {
    if (broughtIn(name).brings !== undefined) return;
    for (const one of Array.isArray(value) ? value : [value]) list.push([name, String(one)]);
  });
  return list;
}

/** At the pace of the client. */
async function deliver(
  { status, headers, body }: CheckedAnswer,
  method: string,
  handler: Dispatcher.DispatchHandler,
  controller: OwnController,
): Promise<void> {
  controller.throwIfAborted();
  controller.begin(headers);
  handler.onResponseStart?.(controller, status, { ...headers }, STATUS_CODES[status] ?? "");
  const isEmpty = method === "HEAD" || status === 204 || status === 304;
  if (isEmpty) dropBody(body);
  for await (const chunk of isEmpty ? [] : body instanceof Uint8Array ? [body] : body) {
    await controller.whileRunning();
    controller.throwIfAborted();
    const bytes = bytesOf(chunk);
    if (bytes.length > 0) handler.onResponseData?.(controller, bytes);
  }
  controller.throwIfAborted();
  handler.onResponseEnd?.(controller, {});
}
