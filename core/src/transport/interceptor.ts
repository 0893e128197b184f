/** The undici interceptor: judges every hop by itself, so that a redirect is another destination. */
import type { Dispatcher } from "undici";
import type { ServerConfig } from "../config/config.js";
import type { Authorization } from "../pipeline/compose.js";
import type { Gate } from "../pipeline/gate.js";
import { withoutQueryCredentials } from "../pipeline/query-credentials.js";
import { type ResponseHeaders, type Suspicion, suspicionOf } from "../pipeline/refusal.js";
import type { Refusal } from "../pipeline/route.js";
import { createsRun } from "../pipeline/run-creation.js";
import { isPromise } from "../pipeline/slot.js";
import type { TagPipeline } from "../pipeline/tags.js";
import { type Clock, systemClock } from "../time/clock.js";
import { applyHeaders, type DispatchHeaders, withoutQueryObjectCredentials } from "./client-credentials.js";
import { RefusalHandler, type RefusalHandlerOptions } from "./refusal-handler.js";
import { type ReplayableBody, replayable } from "./replay.js";
import { withRunTags } from "./run-tags.js";
import { type Target, targetOf } from "./target.js";
import { explainTlsFailure } from "./tls-failure.js";
import { type Signal, unlessAborted } from "./unless-aborted.js";

export interface InterceptorOptions {
  /** The dispatcher for a listed server that needs one of its own (TLS settings, a corporate proxy); undefined: the one composed over. */
  readonly dispatcherFor?: (server: ServerConfig) => Dispatcher | undefined;
  readonly clock?: Clock;
}

type Handler = Dispatcher.DispatchHandler;

/** What all requests through one dispatcher share. */
interface Channel {
  readonly gate: Gate;
  readonly dispatch: Dispatcher["dispatch"];
  readonly dispatcherFor: InterceptorOptions["dispatcherFor"];
  readonly clock: Clock;
}

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
  return (dispatch) => {
    const channel = { gate, dispatch, dispatcherFor, clock };
    return (options, handler) => {
      const target = targetOf(options);
      if (target === undefined) return dispatch(options, handler);
      let authorized: ReturnType<Gate["authorize"]>;
      try {
        authorized = gate.authorize(target);
      } catch (thrown) {
        fail(handler, thrown);
        return true;
      }
      if (authorized === undefined) return dispatch(options, handler);
      const exchange = new Exchange(channel, target, options, handler);
      if (!isPromise(authorized)) return exchange.begin(authorized);
      const { signal } = options as { signal?: Signal };
      unlessAborted(authorized, signal)
        .then((authorization) => exchange.begin(authorization))
        .then(undefined, (thrown) => fail(handler, thrown));
      return true;
    };
  };
}

function fail(handler: Handler, error: unknown): void {
  handler.onResponseError?.(null as never, error as Error);
}

/** One request to a listed server: sent once, or twice. A class, and few objects besides, for this is on the path of every request. */
class Exchange implements RefusalHandlerOptions {
  readonly #channel: Channel;
  readonly #target: Target;
  /** As the client gave them, then with the run tags in the body. */
  #options: Dispatcher.DispatchOptions;
  readonly #handler: Handler;
  #authorization: Authorization | undefined;
  #body: ReplayableBody | undefined;

  constructor(channel: Channel, target: Target, options: Dispatcher.DispatchOptions, handler: Handler) {
    this.#channel = channel;
    this.#target = target;
    this.#options = options;
    this.#handler = handler;
  }

  get clock(): Clock {
    return this.#channel.clock;
  }

  begin(authorization: Authorization): boolean {
    if (authorization.server.tags.length === 0 || !createsRun(this.#target)) return this.#send(authorization);
    const pipeline = this.#channel.gate.tagPipeline(this.#target.url) as TagPipeline;
    withRunTags(this.#options, authorization, pipeline)
      .then((tagged) => {
        this.#options = tagged;
        this.#send(authorization);
      })
      .catch((thrown) => fail(this.#handler, thrown));
    return true;
  }

  #send(authorization: Authorization): boolean {
    const { body } = this.#options;
    // Without a credential there is nothing that could be refused.
    if (authorization.provider === undefined) return this.#dispatch(authorization, body, this.#handler);
    this.#authorization = authorization;
    this.#body = replayable(body);
    return this.#dispatch(authorization, this.#body.body, new RefusalHandler(this.#handler, this));
  }

  #dispatch(authorization: Authorization, body: unknown, handler: Handler): boolean {
    const { dispatch, dispatcherFor } = this.#channel;
    const options = authorize(this.#options, this.#target, authorization, body);
    const own = dispatcherFor?.(authorization.server);
    return own === undefined ? dispatch(options, handler) : own.dispatch(options, handler);
  }

  suspect(status: number, headers: ResponseHeaders): Suspicion | undefined {
    return suspicionOf(this.#target, status, headers);
  }

  async retry(refusal: Refusal): Promise<(() => void) | undefined> {
    const authorization = this.#authorization as Authorization;
    const renewed = await this.#channel.gate.refused(authorization, refusal, this.#target);
    const again = renewed === undefined ? undefined : this.#body?.again();
    if (renewed === undefined || again === undefined) return undefined;
    return () => void this.#dispatch(renewed, again.body, this.#handler);
  }

  explain(error: Error): Error {
    return explainTlsFailure(error, (this.#authorization as Authorization).server.uri);
  }

  release(): void {
    this.#body?.release();
  }
}

function authorize(
  given: Dispatcher.DispatchOptions,
  { path, plain }: Target,
  authorization: Authorization,
  body: unknown,
): Dispatcher.DispatchOptions {
  const { strips } = authorization;
  // Assigned one by one: a second spread would cost more than all the rest.
  const options = { ...given } as Record<string, unknown>;
  options["path"] = strips && !plain ? withoutQueryCredentials(path) : path;
  if (strips && given.query) options["query"] = withoutQueryObjectCredentials(given.query);
  options["body"] = body;
  options["headers"] = applyHeaders(given.headers as DispatchHeaders, authorization);
  // Read by redirect interceptors further in: none of them may carry a credential on.
  options["maxRedirections"] = 0;
  return options as unknown as Dispatcher.DispatchOptions;
}
