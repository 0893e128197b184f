/** A request that a plugin answers: itself, or with what the server answered to it. */
import { STATUS_CODES } from "node:http";
import type { Dispatcher } from "undici";
import type { ServerConfig } from "../config/config.js";
import { broughtIn } from "../http/client-credentials.js";
import type { Dispatching } from "../pipeline/detours.js";
import type { CheckedAnswer } from "../pipeline/dispatched-answer.js";
import type { DispatchedRequest } from "../provider/provider.js";
import { AnswerTaker } from "./answer-taker.js";
import { type DispatchHeaders, eachHeader } from "./client-request.js";
import { collect } from "./collect-body.js";
import { bytesOf } from "./kept-body.js";
import type { OutgoingRequest } from "./outgoing-request.js";
import { OwnController } from "./own-controller.js";
import { withQuery } from "./signed-options.js";

/** @param send the way on, where the plugin takes it */
export function answerBy(
  dispatching: Dispatching,
  server: ServerConfig,
  request: OutgoingRequest,
  send: (request: OutgoingRequest) => boolean,
): true {
  const { handler } = request;
  const controller = new OwnController();
  let { options } = request;
  let taker: AnswerTaker | undefined;

  const dispatched: DispatchedRequest = {
    get url() {
      return new URL(request.url.origin + withQuery(options));
    },
    method: request.url.method,
    server,
    headers: ownHeaders(options.headers as DispatchHeaders),
    signal: controller.signal,
    async body() {
      if (options.body === null || options.body === undefined) return new Uint8Array();
      const collected = await collect(options.body);
      options = { ...options, body: ("bytes" in collected ? collected.bytes : collected.uncollected) as never };
      return "bytes" in collected ? collected.bytes : undefined;
    },
  };

  function next() {
    taker = new AnswerTaker(controller.signal);
    send({ ...request, options, handler: taker });
    return taker.answer;
  }

  // At once, so that the client can give up while the plugin thinks.
  handler.onRequestStart?.(controller, {});
  dispatching
    .dispatch(dispatched, next)
    .then((answer) => deliver(answer, request.url.method, handler, controller))
    .catch((thrown) => handler.onResponseError?.(controller, controller.reason ?? (thrown as Error)))
    // What of the server's answer nobody wanted.
    .finally(() => taker?.discard());
  return true;
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
  for await (const chunk of isEmpty ? [] : body instanceof Uint8Array ? [body] : body) {
    await controller.whileRunning();
    controller.throwIfAborted();
    const bytes = bytesOf(chunk);
    if (bytes.length > 0) handler.onResponseData?.(controller, bytes);
  }
  controller.throwIfAborted();
  handler.onResponseEnd?.(controller, {});
}
