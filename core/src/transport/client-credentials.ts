/**
 * Takes the client's own credentials off a request and puts ours on. An ambient token never beats the file, in whatever
 * spelling it comes: letter case, `_` for `-`, a header twice, an escaped query key.
 */
import { type Authorization, headerKey } from "../pipeline/compose.js";
import { isCredentialKey } from "../pipeline/query-credentials.js";
import { isSecret } from "../secret/secret.js";

/** Headers in which MLflow clients and API proxies carry a credential. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(["authorization", "x-api-key"]);

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

/** The same for undici's `query` option, an object that it appends to the path. */
export function withoutQueryObjectCredentials(query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query).filter(([key]) => !isCredentialKey(key)));
}
