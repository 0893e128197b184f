/**
 * Queries as AWS writes them down to sign them: RFC 3986, where nothing but unreserved characters stands for itself. Sent in that form
 * there is one way to read them, with `+` as well, which is a blank to some servers and a plus to others.
 */
import { escaped } from "../request-handler.js";

/** What a request that was signed in its address brings, in place of headers. A second signature would be refused. */
const SIGNED_ADDRESS = /^x-amz-(?:algorithm|credential|date|expires|signedheaders|signature|security-token)$/i;

/** A query with its `?`, in that form, less a signature of somebody else; what is no UTF-8 stays as it is. */
export function canonicalSearch(search: string): string {
  if (search.length < 2) return search;
  const pairs = search.slice(1).split("&");
  const kept = pairs.filter((pair) => !SIGNED_ADDRESS.test(read(nameOf(pair)) ?? ""));
  return kept.length === 0 ? "" : `?${kept.map(canonicalPair).join("&")}`;
}

/**
 * A query's names, each with its values in their order; one without `=` has an empty value.
 *
 * @returns undefined where it is no UTF-8, so that it can't be signed
 */
export function readQuery(query: string): Record<string, string[]> | undefined {
  const all: Record<string, string[]> = Object.create(null);
  for (const pair of query === "" ? [] : query.split("&")) {
    const name = read(nameOf(pair));
    const value = read(textOf(pair) ?? "");
    // The library that signs would lose such a name.
    if (name === undefined || value === undefined || name === "__proto__") return undefined;
    if (name in all) all[name]?.push(value);
    else all[name] = [value];
  }
  return all;
}

function canonicalPair(pair: string): string {
  const name = canonicalText(nameOf(pair));
  const value = textOf(pair);
  return value === undefined ? name : `${name}=${canonicalText(value)}`;
}

function canonicalText(text: string): string {
  const plain = read(text.replaceAll("+", "%20"));
  return plain === undefined ? text.replaceAll("+", "%20") : escaped(plain);
}

const nameOf = (pair: string) => pair.split("=", 1)[0] as string;

function textOf(pair: string): string | undefined {
  const at = pair.indexOf("=");
  return at === -1 ? undefined : pair.slice(at + 1);
}

function read(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
