/** Which headers go on from one connection to the next, on the way to the upstream and on the way back. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { HOP_BY_HOP, headerKey, perHeaderName } from "@mlflow-auth/core/internal";

/** What to make of headers whose values hold addresses: the front's own on the way there, the upstream's on the way back. */
export interface HeaderRewriting {
  /**
   * @param name as the client wrote it
   * @returns the value to send; undefined: the header stays here
   */
  sent(name: string, value: string): string | undefined;
  /**
   * @param name in lower case
   * @returns the value to answer with; undefined: the header stays here
   */
  returned(name: string, value: string): string | undefined;
}

/**
 * The upstream gets its own Host from undici; Expect is answered here. What describes a hop before the client, where there is none, is
 * taken off by core, as in every other request to a listed server.
 */
const NEVER_SENT: ReadonlySet<string> = new Set(["host", "expect"]);

/** What a name by itself says: whether such a header stays here, in whatever spelling it comes. */
const staysHere = perHeaderName((name) => {
  const key = headerKey(name);
  if (HOP_BY_HOP.has(key) || NEVER_SENT.has(key)) return true;
  // In another spelling it is not the length that the body has been read by.
  return key === "content-length" && name.toLowerCase() !== key;
});

/** It announces other ways to the upstream's origin; for the client that origin is the front. */
const NEVER_RETURNED = "alt-svc";

const none: ReadonlySet<string> = new Set();

/** The client's headers for the upstream: flat, name and value in turn; what came several times goes on several times. */
export function forwardedHeaders(req: IncomingMessage, rewriting: HeaderRewriting): string[] {
  const { rawHeaders } = req;
  const named = namedByConnection(req.headers.connection);
  const list: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (staysHere(name) || (named !== none && named.has(name.toLowerCase()))) continue;
    const value = rewriting.sent(name, rawHeaders[i + 1] as string);
    if (value !== undefined) list.push(name, value);
  }
  return list;
}

/**
 * The upstream's headers for the client, in the same form.
 *
 * @param headers as undici gives them: with names in lower case
 */
export function returnedHeaders(headers: IncomingHttpHeaders, rewriting: HeaderRewriting): string[] {
  const named = namedByConnection(headers.connection);
  const list: string[] = [];
  for (const name in headers) {
    if (HOP_BY_HOP.has(name) || name === NEVER_RETURNED || (named !== none && named.has(name))) continue;
    const given = headers[name];
    if (typeof given === "string") push(list, name, rewriting.returned(name, given));
    else for (const value of given ?? []) push(list, name, rewriting.returned(name, value));
  }
  return list;
}

function push(list: string[], name: string, value: string | undefined): void {
  if (value !== undefined) list.push(name, value);
}

/** Names, in lower case, that a message's Connection header declares to be of this hop alone. */
function namedByConnection(connection: string | readonly string[] | undefined): ReadonlySet<string> {
  if (connection === undefined) return none;
  const value = typeof connection === "string" ? connection : connection.join(",");
  // By far the most frequent values, and neither names a header.
  if (value === "keep-alive" || value === "close") return none;
  return new Set(value.split(",").map((name) => name.trim().toLowerCase()));
}

/** A value that holds an address, with the bytes that no address may have as they are, UTF-8 above all, escaped: each header comes as one character a byte. */
export function withBytesEscaped(value: string): string {
  return value.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}
