/** Which path of the proxy stands for which URL of a listed server, in both directions. */
import { isMlflowAuthError, type OpenedAuthorizer, type ServerConfig } from "@mlflow-auth/core/internal";
import { withheld } from "../http/failure.js";
import { badRequest, forbidden, type Refusal } from "../http/refusal.js";
import type { Mount, Upstream } from "../http/upstream.js";

/** The paths of the proxy, and the URLs of listed servers for which they stand. */
export interface Routes {
  /** @param path what follows the token, as it was written */
  resolve(path: string): Upstream | Refusal;
  /** Whether it belongs to the server that the proxy's own address stands for, and not to one that only a name or a longer path reaches. */
  isHome(upstream: Pick<Upstream, "origin" | "server">): boolean;
  /** The listed server to which a URL belongs. */
  serverOf(url: string): ServerConfig | undefined;
  /** A listed server that a URL of none comes close to. */
  nearMiss(url: string): ServerConfig | undefined;
  /** The path of the proxy, without its token, for a URL; undefined if it belongs to no listed server. */
  pathFor(url: string): string | undefined;
}

/** `/~https:mlflow.example.com:8443/…` reaches another listed server. */
const NAMED_SERVER = /^\/~(https?)(?::|%3a)([^/?]+)(.*)$/i;
const AUTHORITY = /^[a-z0-9.[\]:-]+$/i;

const unlisted = forbidden(
  "this address belongs to no server of the configuration file. Try this: list that server there under `servers`, with its scheme, host, port and base path; `mlflow-auth doctor` shows those that are.",
);
const badAuthority = badRequest(
  "the part of the path that names a server must be ~SCHEME:HOST or ~SCHEME:HOST:PORT. Try this: write it as in /~https:mlflow.example.com:8443/ and what follows.",
);

/** @param upstream an absolute URL that a server of the file matches */
export function createRoutes(authorizer: OpenedAuthorizer, upstream: string): Routes {
  const { serverFor, nearMiss, refuseMisleading } = authorizer;
  const { origin, pathname } = new URL(upstream);
  const base = pathname.replace(/\/+$/, "");
  const home = serverFor(upstream);

  const fixedMount: Mount = { at: "", base };

  function listed(origin: string, path: string, mount: Mount): Upstream | Refusal {
    const server = serverFor(origin + path);
    return server === undefined ? refusalOf(origin, path) : { origin, path, server, mount };
  }

  /** Of a path that servers may read as a listed server's, for what it is: it is not sent, though it belongs to none. */
  function refusalOf(origin: string, path: string): Refusal {
    try {
      refuseMisleading({ url: origin + path, origin, path });
      return unlisted;
    } catch (thrown) {
      if (isMlflowAuthError(thrown)) return withheld(thrown);
      throw thrown;
    }
  }

  function resolve(path: string): Upstream | Refusal {
    if (!path.startsWith("/~")) return listed(origin, base + (path.startsWith("/") ? path : `/${path}`), fixedMount);
    const named = NAMED_SERVER.exec(path);
    if (named === null) return listed(origin, base + path, fixedMount);
    const [, scheme, escaped, rest] = named as unknown as [string, string, string, string];
    const authority = escaped.replace(/%(3a|5b|5d)/gi, (encoded) => decodeURIComponent(encoded));
    const url = AUTHORITY.test(authority) ? URL.parse(`${scheme}://${authority}`) : null;
    if (url === null) return badAuthority;
    const mount = { at: path.slice(0, path.length - rest.length), base: "" };
    return listed(url.origin, rest.startsWith("/") ? rest : `/${rest}`, mount);
  }

  function pathFor(url: string): string | undefined {
    const parsed = URL.parse(url);
    if (parsed === null || serverFor(parsed.href) === undefined) return undefined;
    const { pathname, search, hash } = parsed;
    if (parsed.origin === origin && (pathname === base || pathname.startsWith(`${base}/`))) {
      return pathname.slice(base.length) + search + hash;
    }
    return `/~${parsed.protocol}${parsed.host}${pathname}${search}${hash}`;
  }

  return {
    resolve,
    // A wildcard lists many servers at once: each host is one.
    isHome: (one) => one.server === home && one.origin === origin,
    serverOf: serverFor,
    nearMiss,
    pathFor,
  };
}
