import type { Dispatcher } from "undici";
import type { GateRequest } from "../pipeline/request.js";

/** Where a request goes, in the one spelling that is both judged and sent. */
export interface Target extends GateRequest {
  /** What goes into the request line. */
  readonly path: string;
  /** Nothing in the path needs a second look: no escape, and no query key that could name a credential. */
  readonly plain: boolean;
}

/** Looked for in one go, for nearly no path has any of it: what is odd, and what could be a credential in the query. */
const NOT_PLAIN = /\\|\/\.|%|#|key|[^!-~]/i;
/** Spellings of a path that a server could read in another way than the parser: dot segments, backslashes, raw characters. */
const ODD = /\\|\/\.|%2e|#|[^!-~]/i;

/**
 * Undefined for what is no request to its origin's own paths and so can't belong to a listed server: CONNECT, `*`, an absolute
 * URL as the path. Most clients send paths that the parser has been over; those that come raw are put as the parser reads them.
 */
export function targetOf({ origin, path, method }: Dispatcher.DispatchOptions): Target | undefined {
  if (method === "CONNECT" || !path.startsWith("/") || origin === undefined) return undefined;
  const url = `${originText(origin)}${path}`;
  if (!NOT_PLAIN.test(path)) return { url, method, path, plain: true };
  if (!ODD.test(path)) return { url, method, path, plain: false };
  const parsed = URL.parse(url);
  if (parsed === null) return undefined;
  const query = /\?[^#]*/.exec(path)?.[0] ?? "";
  return { url: parsed.href, method, path: parsed.pathname + query, plain: false };
}

const SLASH = 0x2f;

function originText(origin: string | URL): string {
  if (typeof origin !== "string") return origin.origin;
  return origin.charCodeAt(origin.length - 1) === SLASH ? origin.slice(0, -1) : origin;
}
