/**
 * Takes the client's own credentials off a request and puts ours on. An ambient token never beats the file, in whatever
 * spelling it comes: letter case, `_` for `-`, a header twice, an escaped query key.
 */
import { type Authorization, headerKey } from "../pipeline/compose.js";
import { isSecret } from "../secret/secret.js";

/** Headers in which MLflow clients and API proxies carry a credential. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(["authorization", "x-api-key"]);
const CREDENTIAL_QUERY_KEY = "api-key";

/** Every form in which undici takes headers. */
export type DispatchHeaders =
  | Iterable<readonly [string, string | string[] | undefined]>
  | Record<string, string | string[] | undefined>
  | readonly string[]
  | null
  | undefined;

type HeaderList = (string | string[])[];

/** The client's headers without what the authorization replaces or bans, and the authorization's: flat, name and value in turn. */
export function applyHeaders(given: DispatchHeaders, authorization: Authorization): HeaderList {
  const { list, drop } = prepared(authorization);
  const result: HeaderList = [];
  eachHeader(given, (name, value) => {
    if (!drop.has(headerKey(name))) result.push(name, value);
  });
  for (const item of list) result.push(item);
  return result;
}

/** In the order given; a header without a value is passed over. */
export function eachHeader(given: DispatchHeaders, visit: (name: string, value: string | string[]) => void): void {
  const take = (name: string, value: unknown) => {
    if (value !== undefined) visit(name, value as string | string[]);
  };
  if (given === null || given === undefined) return;
  if (Array.isArray(given) && !Array.isArray(given[0])) {
    for (let i = 0; i < given.length; i += 2) take(String(given[i]), given[i + 1]);
  } else if (typeof (given as Iterable<unknown>)[Symbol.iterator] === "function") {
    for (const [name, value] of given as Iterable<readonly [string, unknown]>) take(name, value);
  } else {
    for (const name of Object.keys(given)) take(name, (given as Record<string, unknown>)[name]);
  }
}

interface Prepared {
  /** The authorization's own headers, flat. */
  readonly list: readonly string[];
  /** Keys of the headers that the client may not bring. */
  readonly drop: ReadonlySet<string>;
}

const preparations = new WeakMap<Authorization, Prepared>();

/** Once per authorization, which stays the same object while nothing changes. */
function prepared(authorization: Authorization): Prepared {
  let result = preparations.get(authorization);
  if (result === undefined) {
    const { headers, strips } = authorization;
    const list = headers.flatMap(([name, value]) => [name, isSecret(value) ? value.reveal() : value]);
    const ours = headers.map(([name]) => headerKey(name));
    // A Host of the client's choice would take what we add to another site on the same machine.
    const host = list.length > 0 ? ["host"] : [];
    result = { list, drop: new Set([...(strips ? CREDENTIAL_HEADERS : []), ...ours, ...host]) };
    preparations.set(authorization, result);
  }
  return result;
}

/** The path with query, less every `api_key` in any spelling; the same string if there is none. */
export function withoutQueryCredentials(path: string): string {
  const start = path.indexOf("?");
  if (start === -1) return path;
  const end = path.indexOf("#", start);
  const query = path.slice(start + 1, end === -1 ? undefined : end);
  // Nearly every query can be passed over without taking it apart: none of its keys can be meant.
  if (!/key|%/i.test(query)) return path;
  const fields = query.split("&");
  const kept = fields.filter((field) => !isCredentialKey(field.split("=", 1)[0] as string));
  if (kept.length === fields.length) return path;
  return path.slice(0, start) + (kept.length === 0 ? "" : `?${kept.join("&")}`) + (end === -1 ? "" : path.slice(end));
}

/** The same for undici's `query` option, an object that it appends to the path. */
export function withoutQueryObjectCredentials(query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query).filter(([key]) => !isCredentialKey(key)));
}

function isCredentialKey(key: string): boolean {
  return headerKey(decoded(key)).trim() === CREDENTIAL_QUERY_KEY;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}
