/** What of the client's headers goes on to the upstream. */
import type { IncomingMessage } from "node:http";
import type { Secret } from "@mlflow-auth/core/internal";
import { isHopByHop, namedByConnection } from "./hop-by-hop.js";
import type { OwnHosts } from "./own-hosts.js";
import type { Target } from "./routes.js";
import { holdsToken, TOKEN_HEADER } from "./token.js";

/**
 * The upstream gets its own Host from undici; Expect is answered here. The rest describes a hop before the client, which there
 * is none of: a server that trusts such a header would believe whoever sent it. Some servers (IIS, Symfony, Zend) even take the
 * path from one, and would answer for another than the one that was judged.
 */
const DROPPED: ReadonlySet<string> = new Set([
  "host",
  "expect",
  "x-real-ip",
  "x-original-url",
  "x-rewrite-url",
  TOKEN_HEADER,
]);
const DROPPED_PREFIX = "x-forwarded-";

/** What {@link forwardedHeaders} must know about the proxy. */
export interface Rewriting {
  readonly hosts: OwnHosts;
  /** It must not get into any header that goes to the upstream. */
  readonly token: Secret | undefined;
  /** The upstream URL for one of the proxy's own; undefined if that has no counterpart. */
  upstreamUrl(proxyUrl: string): string | undefined;
}

/** Flat, name and value in turn; what came several times goes on several times. */
export function forwardedHeaders(req: IncomingMessage, target: Target, rewriting: Rewriting): string[] {
  const { rawHeaders } = req;
  const named = namedByConnection(req.headers.connection);
  const list: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const lower = name.toLowerCase();
    // Many servers read `_` as `-`.
    const key = lower.includes("_") ? lower.replaceAll("_", "-") : lower;
    if (isHopByHop(key) || named.has(lower)) continue;
    if (key === "content-length" && key !== lower) continue;
    if (DROPPED.has(key) || key.startsWith(DROPPED_PREFIX)) continue;
    const value = rewritten(key, rawHeaders[i + 1] as string, target, rewriting, req);
    if (value === undefined || (rewriting.token && holdsToken(value, rewriting.token))) continue;
    list.push(name, value);
  }
  return list;
}

function rewritten(key: string, value: string, target: Target, rewriting: Rewriting, req: IncomingMessage) {
  // It has been judged to be the proxy's own.
  if (key === "origin") return target.origin;
  if (key === "referer") {
    const url = URL.parse(value);
    if (url !== null && rewriting.hosts.isOwnOrigin(url.origin, req.socket)) return rewriting.upstreamUrl(value);
  }
  return value;
}
