/** A client's request on its way out, and what all of them share. */
import type { Dispatcher } from "undici";
import type { Authorizer } from "../pipeline/authorizer.js";
import type { Clock } from "../time/clock.js";
import type { RequestUrl } from "./client-request.js";
import type { AwaitedUploads } from "./rejected-upload.js";

/** What all requests through one dispatcher share. */
export interface InterceptorContext {
  readonly authorizer: Authorizer<Dispatcher>;
  /** Sends the request where its server has no agent of its own. */
  readonly dispatch: Dispatcher["dispatch"];
  readonly clock: Clock;
  readonly awaited: AwaitedUploads;
}

/** One request. */
export interface OutgoingRequest {
  /** Where it goes. */
  readonly url: RequestUrl;
  /** Where the client asked for it to go: another address of the same server, where a plugin has rewritten it. */
  readonly asked: RequestUrl;
  /** For `url`, with all else as the client gave it. */
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
}
