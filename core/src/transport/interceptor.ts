/** The undici interceptor: judges every hop by itself, so that a redirect is another destination. */
import type { Dispatcher } from "undici";
import type { Authorizer } from "../pipeline/authorizer.js";
import type { AuthorizedHeaders } from "../pipeline/compose.js";
import { type Clock, systemClock } from "../time/clock.js";
import { askServer } from "./ask-server.js";
import { AuthorizedRequest } from "./authorized-request.js";
import { type Ask, requestUrlOf } from "./client-request.js";
import { takeDetour } from "./detour.js";
import { withFormAsBytes } from "./form-body.js";
import type { OutgoingRequest } from "./outgoing-request.js";
import { withTold } from "./told-answer.js";
import { type Signal, unlessAborted } from "./unless-aborted.js";

/**
 * Adds the credentials of listed servers, and their run tags, to the requests that go there, and touches no other.
 *
 * Put it outside of any redirect interceptor: a redirect that is followed further in never gets here, so for listed servers such
 * interceptors are switched off and the client sees the 3xx.
 *
 * @param options.clock for the time that a rejected answer gets to come in. Default: the system's
 * @param options.tells whether it tells at debug how requests end. Default true; false for whoever does that itself
 */
export function createInterceptor(
  authorizer: Authorizer<Dispatcher>,
  { clock = systemClock, tells = true }: { readonly clock?: Clock; readonly tells?: boolean } = {},
): Dispatcher.DispatcherComposeInterceptor {
  const { slashes } = authorizer;
  const tell = tells ? authorizer.answers.tell : undefined;
  return (dispatch) => {
    const context = { authorizer, dispatch, clock, awaited: new Map() };
    // What asks on behalf of a request has nobody to ask on its own.
    const ask = (url: string) => askServer((options, handler) => send(options, handler), url, clock);
    return (options, handler) => send(options, handler, ask);

    function send(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler, ask?: Ask): boolean {
      const url = requestUrlOf(options, ask);
      if (url === undefined) return dispatch(options, handler);
      if (slashes.found.test(url.path)) {
        const path = slashes.merged(url.origin, url.path);
        if (path !== url.path) return send({ ...options, path }, handler, ask);
      }
      const request = { url, asked: url, options, handler };
      if (authorizer.detourOf === undefined) return authorize(request);
      let heard = request;
      try {
        const detour = authorizer.detourOf(url);
        if (detour === undefined) return authorize(request);
        // The client's request, whatever the plugin makes of it.
        heard = told(request);
        return takeDetour(detour, heard, (next) => authorize(next, true));
      } catch (thrown) {
        fail((heard === request ? told(request) : heard).handler, thrown);
        return true;
      }
    }

    /** The same request, told when it has ended. */
    function told(request: OutgoingRequest): OutgoingRequest {
      return tell === undefined ? request : withTold(tell, request, authorizer.serverFor(request.url.url)?.uri, clock);
    }

    function authorize(request: OutgoingRequest, isTold = false): boolean {
      const { url, options } = request;
      let authorized: AuthorizedHeaders | undefined | Promise<AuthorizedHeaders>;
      try {
        authorized = authorizer.authorize(url);
      } catch (thrown) {
        fail((isTold ? request : told(request)).handler, thrown);
        return true;
      }
      if (authorized === undefined) return dispatch(options, request.handler);
      const sent = isTold ? request : told(request);
      const authorizedRequest = new AuthorizedRequest(context, sent);
      if (!(authorized instanceof Promise)) return authorizedRequest.begin(authorized);
      const { signal } = options as { signal?: Signal };
      (signal ? unlessAborted(authorized, signal) : authorized)
        .then((headers) => authorizedRequest.begin(headers))
        .then(undefined, (thrown) => fail(sent.handler, thrown));
      return true;
    }
  };
}

/**
 * Sends forms as bytes, with the boundary that fetch has announced. It belongs further in than the other, where a dispatcher is given
 * bodies as the program gave them.
 */
export const formBodies: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options.body === null || options.body === undefined ? options : withFormAsBytes(options), handler);

function fail(handler: Dispatcher.DispatchHandler, error: unknown): void {
  handler.onResponseError?.(null as never, error as Error);
}
