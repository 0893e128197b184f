/** The addresses in a request's headers and in those of its answer: the proxy's own on one side, the server's on the other. */
import type { IncomingMessage } from "node:http";
import { headerKey } from "@mlflow-auth/core/internal";
import { type HeaderRewriting, withBytesEscaped } from "../http/headers.js";
import { Refusal } from "../http/refusal.js";
import { cookieMark, ownCookies, returnedCookie, type Upstream, withMark } from "../http/upstream.js";
import type { Admitted } from "./access.js";
import { type OwnAddress, TOKEN_HEADER } from "./own-address.js";
import type { Routes } from "./routes.js";
import { withoutTelling } from "./telling-headers.js";

/** One request, for {@link Addresses}. */
export interface Routed {
  readonly req: IncomingMessage;
  readonly upstream: Upstream;
  /** What comes before the path in the addresses of this client: the token with the slash before it, or nothing. */
  readonly prefix: string;
  readonly by: Admitted["by"];
  readonly browser: boolean;
  /** Told where the client is sent to a place that no listed server has. */
  readonly ledAway: (from: Upstream, to: URL) => void;
}

/** Rewrites the addresses of one request. The server never gets the token, and the client never leaves the proxy unless it is led away. */
export class Addresses implements HeaderRewriting {
  readonly #own: OwnAddress;
  readonly #routes: Routes;
  readonly #routed: Routed;

  constructor(own: OwnAddress, routes: Routes, routed: Routed) {
    this.#own = own;
    this.#routes = routes;
    this.#routed = routed;
  }

  sent(name: string, given: string): string | undefined {
    const key = headerKey(name);
    if (key === TOKEN_HEADER || (key === "authorization" && this.#routed.by === "bearer")) return undefined;
    // It has been judged to be the proxy's own.
    if (key === "origin") return this.#routed.upstream.origin;
    const { token } = this.#own;
    if (key === "cookie" && token === undefined) {
      return ownCookies(given, cookieMark(this.#routed.upstream), this.#routed.browser);
    }
    const value = key === "referer" ? this.#referer(given) : given;
    if (token === undefined || value === undefined) return value;
    return token.isIn(name) || token.isIn(value) ? undefined : value;
  }

  returned(name: string, value: string): string | undefined {
    switch (name) {
      case "location":
        return this.#location(value);
      case "set-cookie": {
        const { req, upstream, prefix, browser } = this.#routed;
        const cookie = returnedCookie(value, upstream, prefix, (req.url as string).split("?", 1)[0] === prefix);
        return browser && this.#own.token === undefined ? withMark(cookie, cookieMark(upstream)) : cookie;
      }
      // By far the most frequent, and plain.
      case "content-type":
      case "content-length":
      case "date":
      case "server":
        return value;
      default:
        return withoutTelling(name, value);
    }
  }

  /**
   * Of an address of the proxy the server's own; undefined if that has no counterpart. Of any other page the site alone, as browsers
   * tell it by themselves: it may be that of another server, whose token is not known here.
   */
  #referer(value: string): string | undefined {
    const { mountPoint, isOwnOrigin } = this.#own;
    const url = URL.parse(withBytesEscaped(value));
    if (url === null || url.origin === "null") return undefined;
    if (!isOwnOrigin(url.origin, this.#routed.req.socket)) return `${url.origin}/`;
    if (!url.pathname.startsWith(`${mountPoint}/`)) return undefined;
    const upstream = this.#routes.resolve(url.pathname.slice(mountPoint.length) + url.search);
    return upstream instanceof Refusal ? undefined : upstream.origin + upstream.path;
  }

  /** A redirect within the listed server leads back to the proxy, with the token; any other goes to the client as it is meant. */
  #location(value: string): string {
    const { req, upstream, prefix } = this.#routed;
    const url = URL.parse(withBytesEscaped(value), upstream.origin + upstream.path);
    if (url === null) return value;
    const sameServer = url.origin === upstream.origin && this.#routes.serverOf(url.href) === upstream.server;
    const path = sameServer ? this.#routes.pathFor(url.href) : undefined;
    if (path !== undefined) return `http://${req.headers.host}${prefix}${path}`;
    this.#routed.ledAway(upstream, url);
    return url.href;
  }
}
