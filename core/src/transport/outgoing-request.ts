/** A client's request on its way out, and what all of them share. */
import { stringify } from "node:querystring";
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

/**
 * The path with undici's option `query`, an object that it appends.
 *
 * @throws TypeError where undici would refuse both together
 */
export function withQuery({ path, query }: Dispatcher.DispatchOptions): string {
  if (!query) return path;
  if (/[?#]/.test(path))
    throw new TypeError("the path has a query or a fragment, so undici's option query can't be used with it");
  const text = stringify(query);
  return text === "" ? path : `${path}?${text}`;
}
