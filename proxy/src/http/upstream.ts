/** Where a request goes, and how the cookies that come from there are kept to it and to the part of the front that stands for it. */
import { createHash } from "node:crypto";
import type { ServerConfig } from "@mlflow-auth/core/internal";

/** Where a request goes. */
export interface Upstream {
  /** Scheme, host and port. */
  readonly origin: string;
  /** With its query. What is judged is what is sent. */
  readonly path: string;
  readonly server: ServerConfig;
  readonly mount: Mount;
}

/** The part of the front that stands for a part of an upstream. */
export interface Mount {
  /** The front's path, without what admits the client. It does not end in a slash; empty for the root. */
  readonly at: string;
  /** The path of the upstream's origin that it stands for, in the same form. */
  readonly base: string;
}

/**
 * A Set-Cookie for the client. Cookies know no ports: with the upstream's own path a browser would send an upstream's session
 * to whatever else listens on this machine. So a path becomes the one below the front's prefix that stands for it, and a domain,
 * which is the upstream's, goes. Every other byte stays. A name with `__Host-` in front keeps a browser from taking the cookie
 * at all then, because it demands the path `/`.
 *
 * @param prefix what every path of the front begins with, such as a token with the slash before it; or nothing
 * @param bare whether the request was for the prefix alone: a browser would make `/` of a path that is not given then
 */
export function returnedCookie(value: string, upstream: Upstream, prefix: string, bare: boolean): string {
  const [pair = "", ...attributes] = value.split(";");
  const kept = [pair];
  let path = "";
  for (const attribute of attributes) {
    const [name = "", given = ""] = nameAndValue(attribute);
    if (name === "domain") continue;
    // Of several the last counts, and one without a slash in front means that none is given (RFC 6265, 5.2.4 and 5.3).
    if (name === "path") path = given;
    const rewritten = name === "path" && given.startsWith("/");
    const start = attribute.slice(0, attribute.indexOf("=") + 1);
    kept.push(rewritten ? start + (prefix + ownPath(given, upstream) || "/") : attribute);
  }
  if (bare && !path.startsWith("/")) kept.push(` Path=${prefix}`);
  return kept.join(";");
}

function nameAndValue(attribute: string): [name: string, value: string] {
  const equals = attribute.indexOf("=");
  if (equals === -1) return [trimmed(attribute).toLowerCase(), ""];
  return [trimmed(attribute.slice(0, equals)).toLowerCase(), trimmed(attribute.slice(equals + 1))];
}

/** Without blanks and tabs alone: a byte of UTF-8 may be what JavaScript takes for a space. */
function trimmed(text: string): string {
  const isBlank = (at: number) => text[at] === " " || text[at] === "\t";
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}

/** The front's path, without its prefix, for which a cookie of the upstream's `path` is meant. */
function ownPath(path: string, { origin, mount: { at, base } }: Upstream): string {
  if (path === base || path.startsWith(`${base}/`)) return at + path.slice(base.length);
  const above = base.startsWith(path.endsWith("/") ? path : `${path}/`);
  // Beside the base, where this client is never led: the name of that place keeps the cookie from everywhere else.
  return above ? `${at}/` : `/~${origin.replace("://", ":")}${path}`;
}

/** What {@link cookieMark} gives. */
const MARK = /~[0-9a-f]{16}$/;

/**
 * What a browser shall have at the end of the names of a server's cookies where no prefix keeps them to a path. It keeps cookies by host
 * and path alone, so it would send one server's to the next that is served there, at another port or at another time.
 */
export function cookieMark({ origin, server }: Upstream): string {
  const { pathname } = new URL(server.uri);
  return `~${createHash("sha256")
    .update(origin + pathname)
    .digest("hex")
    .slice(0, 16)}`;
}

/** A Set-Cookie with the mark. One without a name has no place for it, and does not come back. */
export function withMark(cookie: string, mark: string): string {
  const { length } = cookie.split(";", 1)[0] as string;
  const equals = cookie.indexOf("=");
  if (equals === -1 || equals > length) return cookie;
  return trimmed(cookie.slice(0, equals)) + mark + cookie.slice(equals);
}

/**
 * The cookies that are for the server of this mark, without it; undefined if there is none.
 *
 * @param onlyMarked whether those without a mark stay here: in a browser nobody knows which server they are from
 */
export function ownCookies(value: string, mark: string, onlyMarked: boolean): string | undefined {
  if (!onlyMarked && !value.includes("~")) return value;
  const own: string[] = [];
  for (const cookie of value.split(";")) {
    const { length } = cookie.split("=", 1)[0] as string;
    const name = trimmed(cookie.slice(0, length));
    if (name.endsWith(mark)) own.push(name.slice(0, -mark.length) + cookie.slice(length));
    else if (!onlyMarked && !MARK.test(name)) own.push(trimmed(cookie));
  }
  return own.length === 0 ? undefined : own.join("; ");
}
