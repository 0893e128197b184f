/**
 * The cookies that a client brings to a server for which the file has a credential. A session cookie from elsewhere would be one more
 * credential, so only those pass whose name that server has set in this process: the stickiness of load balancers and the sessions of
 * MLflow's own pages go on working. A credential in a cookie joins them.
 */
import type { AuthorizedHeaders } from "../pipeline/compose.js";
import type { Removals } from "../pipeline/removals.js";

/** Names that are remembered of one host, and hosts of a server with a wildcard. Of more, the oldest is forgotten. */
const MOST_NAMES = 100;
const MOST_HOSTS = 100;
const LONGEST_NAME = 128;

/** By server, and by the origin where a wildcard stands for many. */
const memories = new WeakMap<AuthorizedHeaders["server"], Map<string, Set<string>>>();

const hostOf = ({ server }: AuthorizedHeaders, origin: string) => (server.uri.includes("*") ? origin : "");

/** Remembers the names of the cookies that an answer from `origin` sets. */
export function rememberCookies(
  authorized: AuthorizedHeaders,
  origin: string,
  setCookie: string | readonly string[],
): void {
  // Where the file gives no credential, all of a client's cookies pass.
  if (!authorized.replacesClientCredentials) return;
  const { server } = authorized;
  const hosts = memories.get(server) ?? new Map<string, Set<string>>();
  memories.set(server, hosts);
  const host = hostOf(authorized, origin);
  const names = hosts.get(host) ?? new Set<string>();
  renew(hosts, host, MOST_HOSTS);
  hosts.set(host, names);
  for (const cookie of typeof setCookie === "string" ? [setCookie] : setCookie) {
    const name = nameOf(cookie.split(";", 1)[0] as string);
    if (name === "" || name.length > LONGEST_NAME) continue;
    renew(names, name, MOST_NAMES);
    names.add(name);
  }
}

/** Makes room for `key` as the newest one. */
function renew<K>(keys: Map<K, unknown> | Set<K>, key: K, most: number): void {
  keys.delete(key);
  if (keys.size >= most) keys.delete(keys.keys().next().value as K);
}

/** The cookies of one request. */
export class ClientCookies {
  readonly #authorized: AuthorizedHeaders;
  readonly #known: ReadonlySet<string> | undefined;
  readonly #removals: Removals;
  readonly #pairs: string[] = [];

  constructor(authorized: AuthorizedHeaders, origin: string, removals: Removals) {
    this.#authorized = authorized;
    this.#known = memories.get(authorized.server)?.get(hostOf(authorized, origin));
    this.#removals = removals;
  }

  /** @param value of a Cookie header; there may be several */
  add(value: string | readonly string[]): void {
    for (const text of typeof value === "string" ? [value] : value) {
      for (const part of text.split(";")) {
        const pair = part.trim();
        if (pair !== "" && this.#passes(pair)) this.#pairs.push(pair);
      }
    }
  }

  #passes(pair: string): boolean {
    const { server, replacesClientCredentials } = this.#authorized;
    if (!replacesClientCredentials) return true;
    const unknown = namesIn(pair).find((name) => this.#known?.has(name) !== true);
    if (unknown === undefined) return true;
    this.#removals.warnRemoved(server, "cookie", unknown);
    return false;
  }

  /**
   * The value of the one header that is sent, with our own cookies first; undefined where there are none.
   *
   * @param ours the cookies of a plugin, which take the place of the client's of the same name
   */
  joined(ours: string | undefined): string | undefined {
    const replaced = new Set((ours ?? "").split(";").map(nameOf));
    const pairs =
      ours === undefined
        ? this.#pairs
        : [ours, ...this.#pairs.filter((pair) => !namesIn(pair).some((name) => replaced.has(name)))];
    return pairs.length === 0 ? undefined : pairs.join("; ");
  }
}

/**
 * The names of the cookies that a server may find in one: some end it at a comma or a blank, too (RFC 2965; Python's `http.cookies`), and
 * read another one behind it.
 */
function namesIn(pair: string): string[] {
  const [, ...others] = pair.split(/[\s,]+/);
  return [nameOf(pair), ...others.filter((other) => other.includes("=")).map(nameOf)];
}

/** Before the first `=`; empty for a cookie without a name, whose text is all value. */
function nameOf(pair: string): string {
  return pair.slice(0, Math.max(pair.indexOf("="), 0)).trim();
}
