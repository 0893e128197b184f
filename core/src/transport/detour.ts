/** The way of a request that a plugin sends to another address of its server, or answers itself. */
import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { withoutQueryCredentials } from "../http/client-credentials.js";
import type { Detour, Rewriting } from "../pipeline/detours.js";
import { PassingHandler } from "./authorized-request.js";
import { RequestUrl } from "./client-request.js";
import { answerBy } from "./dispatched-request.js";
import { type OutgoingRequest, withQuery } from "./outgoing-request.js";

/**
 * @param send the straight way
 * @throws MlflowAuthError: nothing was sent, and nobody has been told yet
 */
export function takeDetour(detour: Detour, request: OutgoingRequest, send: (request: OutgoingRequest) => boolean) {
  const { server, rewriting, dispatching } = detour;
  const onward = (next: OutgoingRequest) => send(rewriting === undefined ? next : rewritten(next, rewriting));
  if (dispatching === undefined) return onward(request);
  return answerBy(dispatching, server, request, onward);
}

/** The request at its other address, with a handler that leads the addresses of its answer back. */
function rewritten({ url, asked, options, handler }: OutgoingRequest, rewriting: Rewriting): OutgoingRequest {
  // Not shown to the plugin, which might put it where nobody takes it off.
  const path = rewriting.to(url.origin, withoutQueryCredentials(withQuery(options)));
  return {
    url: new RewrittenUrl(url, path, asked.path),
    asked,
    options: { ...options, path, query: undefined as never },
    handler: new LedBack(handler, rewriting, url.origin + path),
  };
}

/** The address that a request is sent to in place of the client's. */
class RewrittenUrl extends RequestUrl {
  readonly askedPath: string;

  constructor({ origin, method, headers, ask }: RequestUrl, path: string, askedPath: string) {
    super(origin, path, method, headers, ask);
    this.askedPath = askedPath;
  }
}

/** Headers of an answer that hold one address, and those that hold it among other things. */
const ADDRESSES: ReadonlySet<string> = new Set(["location", "content-location"]);
const LINK = "link";
const COOKIE = "set-cookie";

/** Gives an answer on with its addresses as clients know them. */
class LedBack extends PassingHandler {
  readonly #rewriting: Rewriting;
  /** Of the request as it was sent. */
  readonly #url: string;

  constructor(handler: Dispatcher.DispatchHandler, rewriting: Rewriting, url: string) {
    super(handler);
    this.#rewriting = rewriting;
    this.#url = url;
  }

  override onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusMessage?: string,
  ): void {
    const led: IncomingHttpHeaders = {};
    for (const [name, value] of Object.entries(headers)) led[name] = this.#led(name, value);
    // fetch and older undicis read these instead.
    const { rawHeaders } = controller as { rawHeaders?: unknown };
    if (Array.isArray(rawHeaders)) this.#leadRaw(rawHeaders);
    super.onResponseStart(controller, status, led, statusMessage);
  }

  #leadRaw(rawHeaders: (Buffer | string)[]): void {
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = String(rawHeaders[i]).toLowerCase();
      const given = rawHeaders[i + 1] as Buffer | string;
      const value = typeof given === "string" ? given : given.toString("latin1");
      const led = this.#led(name, value);
      if (led !== value) rawHeaders[i + 1] = typeof given === "string" ? led : Buffer.from(led, "latin1");
    }
  }

  #led<T extends string | string[] | undefined>(name: string, value: T): T {
    if (Array.isArray(value)) return value.map((one) => this.#led(name, one)) as T;
    if (typeof value !== "string") return value;
    if (ADDRESSES.has(name)) return this.#address(value) as T;
    if (name === LINK)
      return value.replace(TARGET, (all, address) =>
        address === undefined ? all : `<${this.#address(address)}>`,
      ) as T;
    return (name === COOKIE ? value.replace(PATH, (_, before, path) => before + this.#path(path)) : value) as T;
  }

  /** One that is relative gets absolute, for it is relative to an address that the client does not know. */
  #address(value: string): string {
    const url = URL.parse(value, this.#url);
    if (url === null) return value;
    const led = this.#rewriting.back(url);
    if (led !== undefined) return led.href;
    return /^[a-z][a-z0-9+.-]*:|^\//i.test(value) ? value : url.href;
  }

  #path(path: string): string {
    const url = URL.parse(path, this.#url);
    return (url && this.#rewriting.back(url)?.pathname) ?? path;
  }
}

/** The target of a link (RFC 8288, 3), or a quoted text, in which the same marks mean nothing. */
const TARGET = /"(?:[^"\\]|\\.)*"|<([^>]*)>/g;

/** The attribute of a cookie (RFC 6265, 5.2.4). */
const PATH = /(;[ \t]*path[ \t]*=[ \t]*)(\/[^;]*)/gi;
