/** Which path of the proxy stands for which URL of a listed server, in both directions. */
import type { OpenedAuthorizer, ServerConfig } from "@mlflow-auth/core/internal";
import { badRequest, forbidden, type Refusal } from "./refusal.js";

export interface Target {
  readonly origin: string;
  /** With query; what is judged is what is sent. */
  readonly path: string;
  readonly server: ServerConfig;
  /** The proxy's path, without its token, and the path of `origin` that it stands for. Neither ends in a slash. */
  readonly mount: { readonly at: string; readonly base: string };
}

export interface Routes {
  /** The fixed upstream: the base URL, without a trailing slash. */
  readonly upstream: string;
  /** @param path as in {@link Admitted}: what follows the token */
  resolve(path: string): Target | Refusal;
  serverOf(url: string): ServerConfig | undefined;
  /** The path of the proxy, without its token, for a URL; undefined if it belongs to no listed server. */
  pathFor(url: string): string | undefined;
}

/** `/~https:mlflow.example.com:8443/…` reaches another listed server. */
const NAMED_SERVER = /^\/~(https?)(?::|%3a)([^/?]+)(.*)$/i;
const AUTHORITY = /^[a-z0-9.[\]:-]+$/i;

const unlisted = forbidden("this address belongs to no server of the configuration file.");
const badAuthority = badRequest("the part of the path that names a server must be ~SCHEME:HOST or ~SCHEME:HOST:PORT.");

/** @param upstream an absolute URL that a server of the file matches */
export function createRoutes({ serverFor }: OpenedAuthorizer, upstream: string): Routes {
  const { origin, pathname } = new URL(upstream);
  const base = pathname.replace(/\/+$/, "");

  const upstreamMount = { at: "", base };

  function target(origin: string, path: string, mount: Target["mount"]): Target | Refusal {
    const server = serverFor(origin + path);
    return server === undefined ? unlisted : { origin, path, server, mount };
  }

  function resolve(path: string): Target | Refusal {
    if (!path.startsWith("/~")) return target(origin, base + (path.startsWith("/") ? path : `/${path}`), upstreamMount);
    const named = NAMED_SERVER.exec(path);
    if (named === null) return target(origin, base + path, upstreamMount);
    const [, scheme, escaped, rest] = named as unknown as [string, string, string, string];
    const authority = escaped.replace(/%(3a|5b|5d)/gi, (encoded) => decodeURIComponent(encoded));
    const url = AUTHORITY.test(authority) ? URL.parse(`${scheme}://${authority}`) : null;
    if (url === null) return badAuthority;
    if (rest.startsWith("//")) return badRequest("the path begins with an empty segment.");
    const mount = { at: path.slice(0, path.length - rest.length), base: "" };
    return target(url.origin, rest.startsWith("/") ? rest : `/${rest}`, mount);
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

  return { upstream: origin + base, resolve, serverOf: serverFor, pathFor };
}
