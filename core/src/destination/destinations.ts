/** Which listed server, if any, a URL belongs to. The one place where that is decided. */
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { isLoopback, wildcardTest } from "../http/hosts.js";
import { leadsOut, readings, resolutions } from "../http/paths.js";
import { readsBelow } from "../http/reads-below.js";
import { gatewayAround, isBelowGateway } from "../mlflow/gateway.js";

/** What can be listed: anything with the address of a server. */
export interface Destination {
  /** As the file has it: `https://mlflow.example.com/base` or `https://*.staging.example.com`. */
  readonly uri: string;
}

/** The listed servers, and which of them a request is for. */
export interface Destinations<T extends Destination> {
  /** In the order in which they are tried. */
  readonly servers: readonly T[];
  /**
   * The server to which a request for `url` goes: its scheme, host and port, and its base path in whole segments, as the
   * WHATWG parser reads them. Undefined if there is none, or if the URL carries userinfo or a path that leads out of the base.
   */
  match(url: string): T | undefined;
  /**
   * The same for a request's origin and path (with its query), which are sent as they are. Faster, and stricter: no parser has
   * been over the path, so its dot segments count as they stand.
   */
  matchPath(origin: string, path: string): T | undefined;
  /**
   * The server that a request would reach or leave by a path which servers read differently. Such a request must not be sent,
   * with a credential or without.
   */
  misled(origin: string, path: string): T | undefined;
  /** A listed server that only the scheme, the port, the path, or another name of the same loopback keep from matching. */
  nearMiss(url: string): T | undefined;
}

interface Pattern<T> {
  readonly server: T;
  /** As written, wildcard included. */
  readonly origin: string;
  readonly protocol: string;
  /** Host with port; for a wildcard, a test instead. */
  readonly host: string | undefined;
  readonly hostname: (hostname: string) => boolean;
  readonly port: string;
  /** Without a trailing slash; empty for the root. */
  readonly base: string;
  /** Match what needs no parser: a whole URL, and a path with its query alone. Undefined for a wildcard. */
  readonly plainUrl: RegExp | undefined;
  readonly plainPath: RegExp;
}

/** A pattern in its place among the others. */
interface PlacedPattern<T> extends Pattern<T> {
  /** Those that come before it, may have its origin, and have a base below its own: some servers may read a path of it as theirs. */
  readonly inner: readonly Pattern<T>[];
  /** Matches the paths of which it is plain that they are none of these. Undefined where there are none. */
  readonly apart: RegExp | undefined;
}

/**
 * @param servers in the file's order; each address as `judgeUri` gives it
 * @param gatewayOf what a match gives in place of a server where the path is one below its AI gateway. Default: the server
 */
export function compileDestinations<T extends Destination>(
  servers: readonly T[],
  gatewayOf: (server: T) => T = (server) => server,
): Destinations<T> {
  const patterns = placed(inOrder(servers.map(compile)));

  function match(url: string): T | undefined {
    // By index: on the path of every request, the iterator of a list costs more than the match.
    for (let index = 0; index < patterns.length; index++) {
      const { plainUrl, server, inner } = patterns[index] as PlacedPattern<T>;
      // A wildcard needs the parser, and so do all patterns behind it, for the first match decides.
      if (plainUrl === undefined) break;
      if (plainUrl.test(url) && inner.length === 0) return server;
    }
    const parsed = URL.parse(url);
    if (parsed === null || leadsOut(parsed.pathname)) return undefined;
    const found = patterns.find((pattern) => matches(pattern, parsed));
    return found && serverOf(found, parsed, parsed.pathname);
  }

  function matchPath(origin: string, path: string): T | undefined {
    for (let index = 0; index < patterns.length; index++) {
      const { plainUrl, plainPath, server, origin: own, apart } = patterns[index] as PlacedPattern<T>;
      if (plainUrl === undefined) break;
      if (origin === own && plainPath.test(path) && (apart === undefined || apart.test(path))) return server;
    }
    const parsed = URL.parse(origin + path);
    if (parsed === null || leadsOut(path)) return undefined;
    // What the parser reads below the base must stand there as it is sent, too.
    const sent = withoutQuery(path);
    const found = patterns.find((pattern) => matches(pattern, parsed) && isBelow(sent, pattern.base));
    return found && serverOf(found, parsed, sent);
  }

  function serverOf(found: PlacedPattern<T>, url: URL, path: string): T | undefined {
    if (innerOf(found, url, path) !== undefined) return undefined;
    return isBelowGateway(path, found.server.uri) ? gatewayOf(found.server) : found.server;
  }

  function misled(origin: string, path: string): T | undefined {
    const parsed = URL.parse(origin + path);
    if (parsed === null) return undefined;
    const near = patterns.filter((pattern) => matchesOrigin(pattern, parsed));
    if (near.length === 0) return undefined;
    const sent = withoutQuery(path);
    const reads = (read: string, { base }: Pattern<T>) => base !== "" && readsBelow(read, base, "exact");
    if (leadsOut(path)) {
      const resolved = resolutions(sent);
      return near.find((pattern) => isBelow(sent, pattern.base) || resolved.some((way) => reads(way, pattern)))?.server;
    }
    const found = near.find(({ base }) => isBelow(sent, base));
    // To what no server of the file claims as it is written, letters of another case are another path.
    const meant = found === undefined ? near.find((pattern) => reads(sent, pattern)) : innerOf(found, parsed, sent);
    return meant?.server;
  }

  function nearMiss(url: string): T | undefined {
    const parsed = URL.parse(url);
    if (parsed === null) return undefined;
    const hostname = parsed.hostname.replace(/\.$/, "");
    const near = patterns.find((pattern) => pattern.hostname(hostname)) ?? otherNameOfLoopback(hostname, parsed.port);
    return near?.server;
  }

  /** `localhost` for 127.0.0.1, and the like. Among local servers the port tells which is meant. */
  function otherNameOfLoopback(hostname: string, port: string): Pattern<T> | undefined {
    if (!isLoopback(hostname)) return undefined;
    return patterns.find((pattern) => pattern.port === port && isLoopback(new URL(pattern.origin).hostname));
  }

  return { servers: patterns.map(({ server }) => server), match, matchPath, misled, nearMiss };
}

function compile<T extends Destination>(server: T): Pattern<T> {
  const url = new URL(server.uri);
  const base = url.pathname.replace(/\/+$/, "");
  const wildcard = url.hostname.includes("*");
  const origin = `${url.protocol}//${url.host}`;
  // Of an address that may lie inside a gateway no path is plainly beside it.
  const isPlain = gatewayAround(server.uri) === "none";
  return {
    server,
    origin,
    protocol: url.protocol,
    host: wildcard ? undefined : url.host,
    hostname: wildcard ? wildcardTest(url.hostname) : (hostname) => hostname === url.hostname,
    port: url.port,
    base,
    plainUrl: wildcard ? undefined : isPlain ? plain(`${origin}${base}`, "(?:[?#]|$)") : NOTHING,
    plainPath: isPlain ? plain(base, "(?:\\?|$)") : NOTHING,
  };
}

/** File order, but among the servers of one origin the longer base path first. */
function inOrder<T>(patterns: Pattern<T>[]): Pattern<T>[] {
  const groups = Map.groupBy(patterns, (pattern) => pattern.origin);
  return [...groups.values()].flatMap((group) => group.sort((a, b) => b.base.length - a.base.length));
}

const NOTHING = /(?!)/;

/** A segment by which a path may be one below the AI gateway. */
const GATEWAY = "[gG][aA][tT][eE][wW][aA][yY]";

/**
 * Matches what begins with `prefix` and has a path behind it that the parser leaves as it is: no character that it drops, rewrites
 * or reads as a slash, no segment that begins with a dot, no escape, no `gateway`. What comes after `?` can't change where a request
 * goes. Anything else is for the parser to judge. One expression, for that is several times faster than comparing in steps.
 */
function plain(prefix: string, end: string): RegExp {
  return new RegExp(`^${escaped(prefix)}(?:/(?!\\.|${GATEWAY})[!"$&-.0->@-[\\]-~]*)*${end}`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

function placed<T>(patterns: readonly Pattern<T>[]): PlacedPattern<T>[] {
  return patterns.map((pattern, index) => {
    const inner = patterns
      .slice(0, index)
      .filter(
        (other) => mayShareOrigin(other, pattern) && other.base !== pattern.base && isBelow(other.base, pattern.base),
      );
    return { ...pattern, inner, apart: apartFrom(inner, pattern.base) };
  });
}

/** Matches what has one plain segment behind `base` that begins none of the others' bases, in any case: nobody takes it for another. */
function apartFrom<T>(inner: readonly Pattern<T>[], base: string): RegExp | undefined {
  if (inner.length === 0) return undefined;
  const first = inner.map((other) => {
    const [name = ""] = (readings(other.base.slice(base.length + 1)).at(-1) as string).toLowerCase().split("/");
    return escaped(name);
  });
  return new RegExp(`^${escaped(base)}/(?!(?:${first.join("|")})(?:[/?]|$))[a-z0-9_-]+(?:[/?]|$)`);
}

function mayShareOrigin<T>(a: Pattern<T>, b: Pattern<T>): boolean {
  return a.origin === b.origin || a.host === undefined || b.host === undefined;
}

/** The server further in to which some server would take a path of `outer`, and so give one server the credential of the other. */
function innerOf<T>({ inner, apart }: PlacedPattern<T>, url: URL, path: string): Pattern<T> | undefined {
  if (apart === undefined || apart.test(path)) return undefined;
  return inner.find((other) => matchesOrigin(other, url) && readsBelow(path, other.base, "any case"));
}

function matches<T>(pattern: Pattern<T>, url: URL): boolean {
  return matchesOrigin(pattern, url) && isBelow(url.pathname, pattern.base);
}

function matchesOrigin<T>(pattern: Pattern<T>, url: URL): boolean {
  return (
    url.protocol === pattern.protocol &&
    url.port === pattern.port &&
    (pattern.host === undefined ? pattern.hostname(url.hostname) : url.host === pattern.host) &&
    url.username === "" &&
    url.password === ""
  );
}

/** Why a request is not sent whose path is one of {@link Destinations.misled}. */
export function misleadingPath({ uri }: Destination): MlflowAuthError {
  const message = `a request was not sent, because servers may read its path as leading into or out of ${uri}`;
  return new MlflowAuthError("PATH_MISLEADING", message, {
    server: uri,
    remedy:
      "send a path without `.` and `..` segments, in any encoding, and without NUL; and the base path of a server as the file has it",
  });
}

function isBelow(path: string, base: string): boolean {
  return base === "" || path === base || path.startsWith(`${base}/`);
}

function withoutQuery(path: string): string {
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end);
}
