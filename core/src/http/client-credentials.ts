/** Where a client may bring credentials of its own: some headers and one query key, in whatever spelling. */

/** Headers in which MLflow clients and API proxies carry a credential: keys as {@link headerKey} gives them. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(["authorization", "x-api-key"]);

/** Names of which something is remembered. Clients send the same few; more, or longer ones, are an attempt to fill the memory. */
const MOST_NAMES = 512;
const LONGEST_NAME = 64;

/** What a header's name by itself says, worked out once per name: for at most 512 names of at most 64 characters. */
export function perHeaderName<T>(judge: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const fact = judge(name);
    if (known.size < MOST_NAMES && name.length <= LONGEST_NAME) known.set(name, fact);
    return fact;
  };
}

/** How header names are compared: without regard to case, and with `_` as `-`, for many servers read them so. */
export const headerKey = perHeaderName((name) => name.toLowerCase().replaceAll("_", "-"));

const CREDENTIAL_QUERY_KEY = "api-key";
/** What every spelling of it holds. Looked for from an index on, so that the query need not be cut out first. */
const likely = /key|%/gi;

/** The path, or the whole URL, with query, less every `api_key` in any spelling; the same string if there is none. */
export function withoutQueryCredentials(path: string): string {
  const start = path.indexOf("?");
  if (start === -1) return path;
  // Nearly every query can be passed over without taking it apart: none of its keys can be meant.
  likely.lastIndex = start;
  if (!likely.test(path)) return path;
  const end = path.indexOf("#", start);
  const query = path.slice(start + 1, end === -1 ? undefined : end);
  const fields = query.split("&");
  const kept = fields.filter((field) => !isCredentialKey(field.split("=", 1)[0] as string));
  if (kept.length === fields.length) return path;
  return path.slice(0, start) + (kept.length === 0 ? "" : `?${kept.join("&")}`) + (end === -1 ? "" : path.slice(end));
}

/** Whether it is `api_key`, in any spelling. */
export function isCredentialKey(key: string): boolean {
  return headerKey(decoded(key)).trim() === CREDENTIAL_QUERY_KEY;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}
