/** The undici interceptor: judges every hop by itself, so that a redirect is another destination. */
import type { Dispatcher } from "undici";
import type { ServerConfig } from "../config/config.js";
import type { Authorization } from "../pipeline/compose.js";
import type { Gate } from "../pipeline/gate.js";
import { type ResponseHeaders, type Suspicion, suspicionOf } from "../pipeline/refusal.js";
import type { GateRequest } from "../pipeline/request.js";
import type { Refusal } from "../pipeline/route.js";
import { createsRun } from "../pipeline/run-creation.js";
import { isPromise } from "../pipeline/slot.js";
import type { TagPipeline } from "../pipeline/tags.js";
import { type Clock, systemClock } from "../time/clock.js";
import {
  applyHeaders,
  type DispatchHeaders,
  withoutQueryCredentials,
  withoutQueryObjectCredentials,
} from "./client-credentials.js";
import { RefusalHandler, type RefusalHandlerOptions } from "./refusal-handler.js";
import { type ReplayableBody, replayable } from "./replay.js";
import { withRunTags } from "./run-tags.js";
import { targetOf } from "./target.js";
import { explainTlsFailure } from "./tls-failure.js";

export interface InterceptorOptions {
  /** The dispatcher for a listed server that needs one of its own (TLS settings, a corporate proxy); undefined: the one composed over. */
  readonly dispatcherFor?: (server: ServerConfig) => Dispatcher | undefined;
  readonly clock?: Clock;
}

type Dispatch = Dispatcher["dispatch"];

/**
 * Adds the credentials of listed servers, and their run tags, to the requests that go there, and touches no other.
 *
 * Put it outside of any redirect interceptor: a redirect that is followed further in never gets here, so for listed servers such
 * interceptors are switched off and the client sees the 3xx.
 */
export function createInterceptor(
  gate: Gate,
  { dispatcherFor, clock = systemClock }: InterceptorOptions = {},
): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (given, handler) => {
    const target = targetOf(given);
    if (target === undefined) return dispatch(given, handler);
    const request = { url: target.url, method: given.method };
    const fail = (error: unknown) => void handler.onResponseError?.(null as never, error as Error);
    let authorized: ReturnType<Gate["authorize"]>;
    try {
      authorized = gate.authorize(request);
    } catch (thrown) {
      fail(thrown);
      return true;
    }
    if (authorized === undefined) return dispatch(given, handler);
    const options = target.path === given.path ? given : { ...given, path: target.path };

    const next = (authorization: Authorization): Dispatch => {
      const own = dispatcherFor?.(authorization.server);
      return own === undefined ? dispatch : own.dispatch.bind(own);
    };
    const send = (authorization: Authorization, outgoing: Dispatcher.DispatchOptions) => {
      // Without a credential there is nothing that could be refused.
      if (authorization.provider === undefined) {
        return next(authorization)(authorize(outgoing, authorization, outgoing.body), handler);
      }
      const body = replayable(outgoing.body);
      const resend = (renewed: Authorization, again: unknown) =>
        void next(renewed)(authorize(outgoing, renewed, again), handler);
      const watched = new RefusalHandler(handler, new Attempt(gate, request, authorization, body, resend, clock));
      return next(authorization)(authorize(outgoing, authorization, body.body), watched);
    };
    const proceed = (authorization: Authorization) => {
      if (authorization.server.tags.length === 0 || !createsRun(request)) return send(authorization, options);
      const pipeline = gate.tagPipeline(request.url) as TagPipeline;
      withRunTags(options, authorization, pipeline)
        .then((tagged) => send(authorization, tagged))
        .catch(fail);
      return true;
    };

    if (!isPromise(authorized)) return proceed(authorized);
    authorized.then(proceed).catch(fail);
    return true;
  };
}

/** What the handler of one request needs to know. A class, for there is one of it for every request. */
class Attempt implements RefusalHandlerOptions {
  readonly clock: Clock;
  readonly #gate: Gate;
  readonly #request: GateRequest;
  readonly #authorization: Authorization;
  readonly #body: ReplayableBody;
  readonly #resend: (renewed: Authorization, body: unknown) => void;

  constructor(
    gate: Gate,
    request: GateRequest,
    authorization: Authorization,
    body: ReplayableBody,
    resend: (renewed: Authorization, body: unknown) => void,
    clock: Clock,
  ) {
    this.clock = clock;
    this.#gate = gate;
    this.#request = request;
    this.#authorization = authorization;
    this.#body = body;
    this.#resend = resend;
  }

  suspect(status: number, headers: ResponseHeaders): Suspicion | undefined {
    return suspicionOf(this.#request, status, headers);
  }

  async retry(refusal: Refusal): Promise<(() => void) | undefined> {
    const renewed = await this.#gate.refused(this.#authorization, refusal, this.#request);
    const again = renewed === undefined ? undefined : this.#body.again();
    return renewed === undefined || again === undefined ? undefined : () => this.#resend(renewed, again.body);
  }

  explain(error: Error): Error {
    return explainTlsFailure(error, this.#authorization.server.uri);
  }

  release(): void {
    this.#body.release();
  }
}

function authorize(
  options: Dispatcher.DispatchOptions,
  authorization: Authorization,
  body: unknown,
): Dispatcher.DispatchOptions {
  const { strips } = authorization;
  return {
    ...options,
    ...(strips && options.query ? { query: withoutQueryObjectCredentials(options.query) } : {}),
    path: strips ? withoutQueryCredentials(options.path) : options.path,
    body: body as string,
    headers: applyHeaders(options.headers as DispatchHeaders, authorization) as string[],
    // Read by redirect interceptors further in: none of them may carry a credential on.
    maxRedirections: 0,
  } as Dispatcher.DispatchOptions;
}
