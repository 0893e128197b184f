/** One request to a listed server, sent once or twice, and the handler of its answer. */
import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { ServerConfig } from "../config/config.js";
import { explainConnectionFailure } from "../connection/failure.js";
import { createsRun } from "../mlflow/endpoints.js";
import { FIRST_PASSING } from "../mlflow/passing-failures.js";
import { type Rejection, rejectionKindOf } from "../mlflow/rejection.js";
import type { AuthorizedHeaders } from "../pipeline/compose.js";
import { withBodyOfSource } from "./body-source.js";
import { rememberCookies } from "./client-cookies.js";
import { authorizedOptions, type DispatchHeaders, type RequestUrl } from "./client-request.js";
import { announced } from "./form-body.js";
import { HeldAnswer } from "./held-answer.js";
import type { InterceptorContext, OutgoingRequest } from "./outgoing-request.js";
import { rejectedUpload, uploadKey } from "./rejected-upload.js";
import { type ReplayableBody, replayable } from "./replay.js";
import { withRunTags } from "./run-tags.js";
import { signedOptions } from "./signed-options.js";
import { type Signal, unlessAborted } from "./unless-aborted.js";

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** Passes every event of an answer on to its caller. */
export class PassingHandler implements Handler {
  protected readonly handler: Handler;

  constructor(handler: Handler) {
    this.handler = handler;
  }

  onRequestStart(controller: Controller, context: object): void {
    this.handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...event: Parameters<NonNullable<Handler["onRequestUpgrade"]>>): void {
    this.handler.onRequestUpgrade?.(...event);
  }

  onBodySent(chunk: Buffer): void {
    (this.handler as { onBodySent?(chunk: Buffer): void }).onBodySent?.(chunk);
  }

  onRequestSent(): void {
    (this.handler as { onRequestSent?(): void }).onRequestSent?.();
  }

  /** By which fetch tells when the first byte of an answer came. */
  onResponseStarted(): void {
    this.handler.onResponseStarted?.();
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders, statusMessage?: string): void {
    this.handler.onResponseStart?.(controller, status, headers, statusMessage);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    this.handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Controller, error: Error): void {
    this.handler.onResponseError?.(controller, error);
  }
}

/**
 * Stands between a request and its caller. Everything but an answer that rejects the credential passes straight through; such an
 * answer is held back until it is decided whether the request goes out once more.
 *
 * One object with few fields, for this is on the path of every request.
 */
export class AuthorizedRequest extends PassingHandler {
  readonly #context: InterceptorContext;
  /** What is asked for. */
  readonly #url: RequestUrl;
  /** The same as the client wrote it: what tells which of MLflow's endpoints it is for. */
  readonly #asked: RequestUrl;
  /** As the client gave them, then with the run tags in the body. */
  #options: Dispatcher.DispatchOptions;
  #authorized: AuthorizedHeaders | undefined;
  #body: ReplayableBody | undefined;
  /** The answer that rejected the credential. From then on it gets what comes of the first attempt. */
  #held: HeldAnswer | undefined;

  constructor(context: InterceptorContext, { url, asked, options, handler }: OutgoingRequest) {
    super(handler);
    this.#context = context;
    this.#url = url;
    this.#asked = asked;
    this.#options = options;
  }

  /** Sends the request, with the run tags of its server where it creates a run. */
  begin(authorized: AuthorizedHeaders): boolean {
    this.#authorized = authorized;
    if (authorized.server.tags.length === 0 || !createsRun(this.#asked) || authorized.belowGateway) return this.#send();
    const { signal } = this.#options as { signal?: Signal };
    unlessAborted(withRunTags(this.#options, authorized, this.#context.authorizer), signal)
      .then((tagged) => {
        this.#options = tagged;
        this.#send();
      })
      .catch((thrown) => this.handler.onResponseError?.(null as never, thrown as Error));
    return true;
  }

  #send(): boolean {
    const authorized = this.#authorized as AuthorizedHeaders;
    const { body } = this.#options;
    if (body === null || body === undefined) return this.#dispatch(authorized, body, this);
    this.#options = withBodyOfSource(this.#options);
    const { body: given } = this.#options;
    // Without a credential there is nothing that could be rejected; and what is signed is kept as a whole.
    if (authorized.provider === undefined || authorized.signing !== undefined)
      return this.#dispatch(authorized, given, this);
    this.#body = replayable(given, () => announced(this.#options.headers as DispatchHeaders).length);
    return this.#dispatch(authorized, this.#body.body, this);
  }

  #dispatch(authorized: AuthorizedHeaders, body: unknown, handler: Handler): boolean {
    const options = authorizedOptions(this.#options, this.#url, authorized, body, this.#context.authorizer);
    const { signing, server } = authorized;
    if (signing === undefined) return this.#pass(options, server, handler);
    signedOptions(options, this.#url.origin, { signing, server, kept: this.#body })
      .then((signed) => {
        this.#body = signed.body;
        this.#pass(signed.options, server, handler);
      })
      .catch((thrown) => handler.onResponseError?.(null as never, thrown as Error));
    return true;
  }

  #pass(options: Dispatcher.DispatchOptions, server: ServerConfig, handler: Handler): boolean {
    const { authorizer, dispatch } = this.#context;
    const agent = authorizer.agentFor(server);
    return agent === undefined ? dispatch(options, handler) : agent.dispatch(options, handler);
  }

  /** How to send the request again, with another credential; why it can't be, though there is one; undefined if there is none. */
  async #retry(rejection: Rejection): Promise<(() => void) | Error | undefined> {
    const rejected = this.#authorized as AuthorizedHeaders;
    const authorized = await this.#context.authorizer.rejected(rejected, rejection, this.#url);
    if (authorized === undefined) return undefined;
    const again = this.#body === undefined ? { body: null } : this.#body.again();
    if (again === undefined) {
      const { awaited, clock } = this.#context;
      return rejectedUpload(awaited, this.#asked, rejected, authorized, clock.now());
    }
    return () => void this.#dispatch(authorized, again.body, new SecondAttempt(this.handler, authorized, this));
  }

  /** Cookies that come with an answer of either attempt, whatever it says of the credential. */
  remember(authorized: AuthorizedHeaders, { "set-cookie": cookies }: IncomingHttpHeaders): void {
    if (cookies !== undefined) rememberCookies(authorized, this.#url.origin, cookies);
  }

  /** An answer that is no rejection: nearly always a number is compared, and a size. */
  note({ server }: AuthorizedHeaders, status: number, headers: IncomingHttpHeaders): void {
    const { answers } = this.#context.authorizer;
    if (status >= FIRST_PASSING || answers.failing.size > 0) answers.note(server, status, headers["retry-after"]);
  }

  /** No further attempt will come. */
  releaseBody(): void {
    this.#body?.release();
  }

  override onResponseStart(
    controller: Controller,
    status: number,
    headers: IncomingHttpHeaders,
    statusMessage?: string,
  ): void {
    const authorized = this.#authorized as AuthorizedHeaders;
    this.remember(authorized, headers);
    if (status >= 200) {
      const { provider, belowGateway } = authorized;
      if (provider !== undefined) {
        const kind = rejectionKindOf(this.#asked, status, headers, belowGateway);
        if (kind !== undefined) {
          this.#held = new HeldAnswer({
            handler: this.handler,
            clock: this.#context.clock,
            kind,
            retry: (rejection) => this.#retry(rejection),
            release: () => this.releaseBody(),
          });
          this.#held.onResponseStart(controller, status, headers, statusMessage);
          return;
        }
      }
      this.#body?.release();
      const { awaited } = this.#context;
      if (awaited.size > 0) awaited.delete(uploadKey(this.#asked));
      this.note(authorized, status, headers);
    }
    this.handler.onResponseStart?.(controller, status, headers, statusMessage);
  }

  override onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#held === undefined) this.handler.onResponseData?.(controller, chunk);
    else this.#held.onResponseData(controller, chunk);
  }

  override onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    if (this.#held === undefined) this.handler.onResponseEnd?.(controller, trailers);
    else this.#held.onResponseEnd(controller, trailers);
  }

  override onResponseError(controller: Controller, error: Error): void {
    this.#body?.release();
    const explained = explainConnectionFailure(error, (this.#authorized as AuthorizedHeaders).server.uri);
    if (this.#held === undefined) super.onResponseError(controller, explained);
    else this.#held.onResponseError(controller, explained);
  }
}

/** Sent with another credential after a rejection. Its answer is passed on, whatever it is. */
class SecondAttempt extends PassingHandler {
  readonly #authorized: AuthorizedHeaders;
  readonly #first: AuthorizedRequest;

  constructor(handler: Handler, authorized: AuthorizedHeaders, first: AuthorizedRequest) {
    super(handler);
    this.#authorized = authorized;
    this.#first = first;
  }

  override onResponseStart(...event: Parameters<PassingHandler["onResponseStart"]>): void {
    const [, status, headers] = event;
    this.#first.remember(this.#authorized, headers);
    if (status >= 200) this.#first.note(this.#authorized, status, headers);
    super.onResponseStart(...event);
  }

  override onResponseEnd(...event: Parameters<PassingHandler["onResponseEnd"]>): void {
    this.#first.releaseBody();
    super.onResponseEnd(...event);
  }

  override onResponseError(controller: Controller, error: Error): void {
    this.#first.releaseBody();
    super.onResponseError(controller, explainConnectionFailure(error, this.#authorized.server.uri));
  }
}
