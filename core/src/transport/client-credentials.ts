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
  const list: HeaderList = [];
  const drop = dropped(authorization);
  for (const [name, value] of pairs(given)) {
    if (value !== undefined && !drop.has(headerKey(name))) list.push(name, value as string | string[]);
  }
  for (const [name, value] of authorization.headers) list.push(name, isSecret(value) ? value.reveal() : value);
  return list;
}

const drops = new WeakMap<Authorization, ReadonlySet<string>>();

function dropped(authorization: Authorization): ReadonlySet<string> {
  let set = drops.get(authorization);
  if (set === undefined) {
    const ours = authorization.headers.map(([name]) => headerKey(name));
    set = new Set([...(authorization.strips ? CREDENTIAL_HEADERS : []), ...ours]);
    drops.set(authorization, set);
  }
  return set;
}

function* pairs(headers: DispatchHeaders): Generator<readonly [string, unknown]> {
  if (headers === null || headers === undefined) return;
  if (Array.isArray(headers) && !Array.isArray(headers[0])) {
    for (let i = 0; i < headers.length; i += 2) yield [String(headers[i]), headers[i + 1]];
  } else if (typeof (headers as Iterable<unknown>)[Symbol.iterator] === "function") {
    yield* headers as Iterable<readonly [string, unknown]>;
  } else {
    yield* Object.entries(headers);
  }
}

/** The path with query, less every `api_key` in any spelling; the same string if there is none. */
export function withoutQueryCredentials(path: string): string {
  const start = path.indexOf("?");
  if (start === -1) return path;
  const end = path.indexOf("#", start);
  const query = path.slice(start + 1, end === -1 ? undefined : end);
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
