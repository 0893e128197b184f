/** An answer on its way to the client, told at debug once it is over. */
import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { connectionFailureOf } from "../connection/failure.js";
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { Answers, RequestEnd } from "../pipeline/answers.js";
import type { Clock } from "../time/clock.js";
import { PassingHandler } from "./authorized-request.js";
import type { OutgoingRequest } from "./outgoing-request.js";

type Controller = Dispatcher.DispatchController;

/** The same request, told when it has ended: a client's, whatever becomes of it on the way. */
export function withTold(
  tell: NonNullable<Answers["tell"]>,
  request: OutgoingRequest,
  server: string | undefined,
  clock: Pick<Clock, "now">,
): OutgoingRequest {
  const { method, path } = request.asked;
  const began = clock.now();
  const end = (what: RequestEnd) => tell({ server, method, path, end: what, milliseconds: clock.now() - began });
  return { ...request, handler: new ToldAnswer(request.handler, end) };
}

class ToldAnswer extends PassingHandler {
  readonly #end: (what: RequestEnd) => void;
  #status = 0;

  constructor(handler: Dispatcher.DispatchHandler, end: (what: RequestEnd) => void) {
    super(handler);
    this.#end = end;
  }

  override onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders, text?: string): void {
    this.#status = status;
    super.onResponseStart(controller, status, headers, text);
  }

  override onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    this.#end(this.#status);
    super.onResponseEnd(controller, trailers);
  }

  override onResponseError(controller: Controller, error: Error): void {
    this.#end(this.#status === 0 && isMlflowAuthError(error) ? { refused: error.code } : brokenBy(error, controller));
    super.onResponseError(controller, error);
  }
}

function brokenBy(error: Error, controller: Controller | null): RequestEnd {
  if (controller?.aborted) return { broken: "given up" };
  return { broken: isMlflowAuthError(error) ? error.code : connectionFailureOf(error).code };
}
