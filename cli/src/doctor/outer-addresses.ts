/** Which servers the proxy of an `exec` around this command leads to, and by which of its addresses. */
import { basePathOf, type Config, compileDestinations, type ServerConfig } from "@mlflow-auth/core/internal";
import type { OuterExec } from "../nested-exec.js";
import type { BridgedServer } from "../outer-proxy.js";

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/**
 * The servers of its file, as far as they are known here: of what gives a credential only that something does. The one that it leads to
 * comes first, by its own address where the file has a wildcard.
 */
export function serversOf({ bridge, upstream }: OuterExec): Config {
  const listed = bridge.servers.map(serverOf);
  const home = compileDestinations(listed).match(upstream);
  const servers = listed.filter(({ uri }) => uri !== upstream);
  return {
    servers: home === undefined ? servers : [{ ...home, uri: upstream }, ...servers],
    instances: [],
    warnings: [],
  };
}

function serverOf({ scheme, host, port, base, auth }: BridgedServer): ServerConfig {
  const authority = port === DEFAULT_PORTS[scheme] ? host : `${host}:${port}`;
  const uri = `${scheme}://${authority}${base}`;
  return { uri, auth: auth ? ["(its plugin)"] : [], headers: [], tags: [], allowInsecure: false };
}

/** The proxy's address for a server. It holds the token. */
export function addressOf(uri: string, { proxy, upstream }: OuterExec): string {
  if (uri === upstream) return proxy;
  const { protocol, host } = new URL(uri);
  return `${proxy}/~${protocol}${host}${basePathOf(uri)}`;
}

/** What an answer names as an address of the proxy, as that of the server which it stands for. Others stay as they are. */
export function realLocation(location: string, { proxy, upstream }: OuterExec): string {
  const own = new URL(proxy);
  const url = URL.parse(location, proxy);
  const rest = url?.pathname.slice(own.pathname.length) ?? "";
  if (url?.origin !== own.origin || !url.pathname.startsWith(own.pathname) || !/^(?:\/|$)/.test(rest)) return location;
  const [, scheme, authority, path] = /^\/~(https?):([^/]+)(.*)$/.exec(rest) ?? [];
  return (scheme === undefined ? upstream + rest : `${scheme}://${authority}${path}`) + url.search;
}
