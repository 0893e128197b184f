/**
 * What a client may bring along that is for the file to give: credentials, in some headers and one query key, and headers that tell a
 * server who asks. In whatever spelling.
 */
import { identityHeaders } from "./identity-headers.js";

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

/** How header names are compared: without regard to case, and with `_` and all other marks as `-`, for many servers read them so. */
export const headerKey = perHeaderName((name) => name.toLowerCase().replace(/[^a-z0-9]/g, "-"));

/** What a client brings in a header, by its name alone. */
export interface BroughtHeader {
  readonly key: string;
  /**
   * - `identity`: tells a server who asks: never sent
   * - `credential`, and `login` where clients send it as a matter of course: not sent where the file gives one
   * - `cookie`: those that the server has not set are not sent where the file gives a credential
   */
  readonly brings: "identity" | "credential" | "login" | "cookie" | undefined;
}

/** The headers in which MLflow's own clients log in, by the variables of their environment. */
const LOGINS: ReadonlySet<string> = new Set(["authorization", "x-api-key"]);
/** Words of a name that say that a header carries a credential, also with others written together with them: AccessToken, X-ClientSecret. */
const CREDENTIAL =
  /(?:^|-)(?:auth|authentication|bearer|credentials?|jwt|pat|cookie2|passwd|[a-z0-9]*(?:apikey|authorization|password|secret|token)\d*|(?:access|account|api|app|application|client|functions?|private|secret|subscription)-?key|cf-access-client-id)(?:-|$)/;
/** What has such a word and is none: it keeps other sites out of a person's session, asks for the next page, or counts. */
const NO_CREDENTIAL =
  /(?:^|-)(?:[cx]srf(?:[a-z]*token)?|requestverificationtoken|(?:page|next|nextpage|continuation)-?token|token-(?:budget|count|limit|usage)|max-?token)(?:-|$)/;

const ownNames = identityHeaders.flatMap(({ names }) => names.map((name) => name.toLowerCase()));
const IDENTITIES: ReadonlySet<string> = new Set(ownNames.map((name) => name.replace(/-?\*$/, "")));
const IDENTITY_PREFIXES = ownNames.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));

/** Judged once per name: on the path of every request. */
export const broughtIn = perHeaderName((name): BroughtHeader => {
  const key = headerKey(name);
  const brings = () => {
    if (IDENTITIES.has(key) || IDENTITY_PREFIXES.some((prefix) => key.startsWith(prefix))) return "identity";
    if (key === "cookie") return "cookie";
    if (LOGINS.has(key)) return "login";
    return CREDENTIAL.test(key) && !NO_CREDENTIAL.test(key) ? "credential" : undefined;
  };
  return { key, brings: brings() };
});

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
  return headerKey(decoded(key).trim()) === CREDENTIAL_QUERY_KEY;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}
