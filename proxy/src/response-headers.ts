/** What of the upstream's headers goes on to the client. */
import type { IncomingHttpHeaders } from "node:http";
import { isHopByHop, namedByConnection } from "./hop-by-hop.js";

/** It announces other ways to the upstream's origin; for the client that origin is the proxy. */
const DROPPED = "alt-svc";
/** Policies with which a browser would tell other sites the path, and so the token. */
const TELLING_POLICY = /unsafe-url|no-referrer-when-downgrade/i;

/** What to make of headers whose values hold addresses of the upstream. */
export interface Returning {
  location(value: string): string;
  setCookie(value: string): string;
}

/** Flat, name and value in turn; what came several times (Set-Cookie) goes on several times. */
export function returnedHeaders(headers: IncomingHttpHeaders, returning: Returning): string[] {
  const named = namedByConnection(headers.connection);
  const list: string[] = [];
  for (const name in headers) {
    const lower = name.toLowerCase();
    if (isHopByHop(lower) || named.has(lower) || lower === DROPPED) continue;
    const given = headers[name];
    for (const value of Array.isArray(given) ? given : [given as string]) {
      list.push(name, returned(lower, value, returning));
    }
  }
  return list;
}

function returned(name: string, value: string, returning: Returning): string {
  if (name === "location") return returning.location(value);
  if (name === "set-cookie") return returning.setCookie(value);
  return name === "referrer-policy" ? discreet(value) : value;
}

function discreet(policy: string): string {
  return TELLING_POLICY.test(policy) ? "strict-origin-when-cross-origin" : policy;
}
