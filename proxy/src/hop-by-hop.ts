/** Headers that belong to one connection (RFC 9110, 7.6.1), and never to the next. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const none: ReadonlySet<string> = new Set();

/** Names, in lower case, that a message's Connection header declares to be of this hop alone. */
export function namedByConnection(connection: string | readonly string[] | undefined): ReadonlySet<string> {
  if (connection === undefined) return none;
  const value = typeof connection === "string" ? connection : connection.join(",");
  // By far the most frequent values, and neither names a header.
  if (value === "keep-alive" || value === "close") return none;
  return new Set(value.split(",").map((name) => name.trim().toLowerCase()));
}

/** @param name in lower case */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name);
}
