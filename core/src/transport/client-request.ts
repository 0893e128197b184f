/**
 * A client's request as undici is given it: where it goes, and its headers with the client's own credentials taken off and ours put
 * on. An ambient token never beats the file, in whatever spelling it comes: letter case, `_` for `-`, a header twice, an escaped
 * query key. Nor does what tells a server who asks: only plugins of the file may set that.
 */
import type { Dispatcher } from "undici";
import {
  type BroughtHeader,
  broughtIn,
  headerKey,
  isCredentialKey,
  perHeaderName,
  withoutQueryCredentials,
} from "../http/client-credentials.js";
import { PROVIDER_KEYS } from "../mlflow/gateway.js";
import type { AuthorizerRequest } from "../pipeline/authorizer-request.js";
import type { AuthorizedHeaders } from "../pipeline/compose.js";
import type { Removals } from "../pipeline/removals.js";
import { isSecret } from "../secret/secret.js";
import { ClientCookies } from "./client-cookies.js";

/** Where a request goes, in the one spelling that is both judged and sent. Its URL is put together only where somebody asks for it. */
export class RequestUrl implements AuthorizerRequest {
  readonly origin: string;
  /** With its query: what goes into the request line. */
  readonly path: string;
  readonly method: string;
  /** The client's own. */
  readonly headers: DispatchHeaders;
  readonly ask: Ask | undefined;

  constructor(origin: string, path: string, method: string, headers?: DispatchHeaders, ask?: Ask) {
    this.origin = origin;
    this.path = path;
    this.method = method;
    this.headers = headers;
    this.ask = ask;
  }

  get url(): string {
    return this.origin + this.path;
  }

  eachHeader(visit: (name: string, value: unknown) => void): void {
    eachHeader(this.headers, visit);
  }
}

/** How to ask the server something on the way that a request takes. */
export type Ask = NonNullable<AuthorizerRequest["ask"]>;

/**
 * Undefined for what is not a request to its origin's own paths and so can't belong to a listed server: CONNECT, `*`, an absolute
 * URL as the path.
 *
 * @param ask how to ask the server something on the way that this request takes
 */
export function requestUrlOf(
  { origin, path, method, headers }: Dispatcher.DispatchOptions,
  ask?: Ask,
): RequestUrl | undefined {
  if (method === "CONNECT" || origin === undefined || path.charCodeAt(0) !== SLASH) return undefined;
  return new RequestUrl(originText(origin), path, method, headers as DispatchHeaders, ask);
}

const SLASH = 0x2f;

/** What undici passes over behind a port: it reaches the same server all the same. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is passed over
const AFTER_PORT = /[/\\]?\??#?[\u0000- ]*$/;
const QUESTION_MARK = 0x3f;
const BACKSLASH = 0x5c;

function originText(origin: string | URL): string {
  if (typeof origin !== "string") return origin.origin;
  const last = origin.charCodeAt(origin.length - 1);
  // Nearly always a digit or a letter; all else of AFTER_PORT comes before them.
  if (last > SLASH && last !== QUESTION_MARK && last !== BACKSLASH) return origin;
  return origin.replace(AFTER_PORT, "");
}

/**
 * The client's options as they go out: to the same place, with `body`, with the headers that were authorized, and by HTTP/1.1. By
 * HTTP/2 undici ends an upload that breaks off instead of resetting its stream, and the server takes it for a complete one.
 *
 * @param removals told what of the client's is not sent
 */
export function authorizedOptions(
  given: Dispatcher.DispatchOptions,
  { origin, path }: RequestUrl,
  authorized: AuthorizedHeaders,
  body: unknown,
  removals: Removals,
): Dispatcher.DispatchOptions {
  // Assigned one by one: a second spread would cost more than all the rest.
  const options = { ...given } as Record<string, unknown>;
  if (authorized.replacesClientCredentials) {
    options["path"] = withoutQueryCredentials(path);
    if (given.query) options["query"] = withoutQueryObjectCredentials(given.query);
  }
  options["body"] = body;
  options["headers"] = applyHeaders(given.headers as DispatchHeaders, authorized, origin, removals);
  // Read by redirect interceptors further in: none of them may carry a credential on.
  options["maxRedirections"] = 0;
  // Without TLS there is no HTTP/2 that a dispatcher was not told of, and this is on the path of every request.
  if (origin.startsWith("https:")) options["allowH2"] = false;
  return options as unknown as Dispatcher.DispatchOptions;
}

/** The same for undici's `query` option, an object that it appends to the path. */
function withoutQueryObjectCredentials(query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query).filter(([key]) => !isCredentialKey(key)));
}

/** Every form in which undici takes headers. */
export type DispatchHeaders =
  | Iterable<readonly [string, string | string[] | undefined]>
  | Record<string, string | string[] | undefined>
  | readonly string[]
  | null
  | undefined;

type HeaderList = (string | string[])[];

/**
 * The client's headers without what the authorized ones replace or ban, and those: flat, name and value in turn.
 *
 * @param origin where they go: which cookies a client may bring depends on which that server has set
 */
export function applyHeaders(
  given: DispatchHeaders,
  authorized: AuthorizedHeaders,
  origin: string,
  removals: Removals,
): HeaderList {
  const { list, cookie, treatmentOf } = prepared(authorized);
  const result: HeaderList = [];
  let cookies: ClientCookies | undefined;
  eachHeader(given, (name, value) => {
    const treatment = treatmentOf(name);
    if (treatment === "sent") result.push(name, value);
    else if (treatment === "cookie") {
      cookies ??= new ClientCookies(authorized, origin, removals);
      cookies.add(value);
    } else if (treatment !== "login" && treatment !== "replaced")
      removals.warnRemoved(authorized.server, treatment, name);
  });
  for (const item of list) result.push(item);
  const joined = cookies === undefined ? cookie : cookies.joined(cookie);
  if (joined !== undefined) result.push("Cookie", joined);
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
    for (const [name, value] of repeatable(given as HeaderPairs)) take(name, value);
  } else {
    for (const name of Object.keys(given)) take(name, (given as Record<string, unknown>)[name]);
  }
}

type HeaderPairs = Iterable<readonly [string, unknown]>;

const readPairs = new WeakMap<HeaderPairs, HeaderPairs>();

/** What gives the same iterator each time can be read once, and headers are read for each attempt and by whoever judges them: its pairs are kept. */
function repeatable(pairs: HeaderPairs): HeaderPairs {
  const iterator = pairs[Symbol.iterator]();
  if (pairs[Symbol.iterator]() !== iterator) return pairs;
  let read = readPairs.get(pairs);
  if (read === undefined) {
    read = [...pairs];
    readPairs.set(pairs, read);
  }
  return read;
}

interface Prepared {
  /** The authorized headers themselves, flat, less a Cookie. */
  readonly list: readonly string[];
  /** Its value: it is joined by what is kept of the client's. */
  readonly cookie: string | undefined;
  /** What becomes of a header of the client, worked out once per name: all that this takes is one look into a map. */
  readonly treatmentOf: (name: string) => Treatment;
}

/** `sent` as it is, `replaced` by one of ours; or why it is not sent, or not whole. */
type Treatment = "sent" | "replaced" | NonNullable<BroughtHeader["brings"]>;

const preparations = new WeakMap<AuthorizedHeaders, Prepared>();

/** Once per set of authorized headers, which stays the same object while nothing changes. */
function prepared(authorized: AuthorizedHeaders): Prepared {
  let result = preparations.get(authorized);
  if (result === undefined) {
    const list: string[] = [];
    const drop = new Set<string>();
    let cookie: string | undefined;
    for (const [name, value] of authorized.headers) {
      const text = isSecret(value) ? value.reveal() : value;
      if (headerKey(name) === "cookie") {
        cookie = text;
        continue;
      }
      list.push(name, text);
      drop.add(headerKey(name));
    }
    // A Host of the client's choice would take what we add to another site on the same machine.
    if (authorized.headers.length > 0 || authorized.signing !== undefined) drop.add("host");
    const { replacesClientCredentials, belowGateway } = authorized;
    // A session that the server gave for our credential would go on to an LLM provider, too.
    if (belowGateway && replacesClientCredentials) drop.add("cookie");
    const passes = new Set<BroughtHeader["brings"]>([undefined]);
    if (!replacesClientCredentials) {
      passes.add("login").add("credential");
      if (cookie === undefined) passes.add("cookie");
    }
    const treatmentOf = perHeaderName((name): Treatment => {
      const { key, brings } = broughtIn(name);
      if (drop.has(key)) return "replaced";
      // What a client has for an LLM provider behind MLflow's AI gateway is not for MLflow.
      const isKept = passes.has(brings) || (belowGateway && PROVIDER_KEYS.has(key));
      return isKept ? "sent" : (brings as NonNullable<typeof brings>);
    });
    result = { list, cookie, treatmentOf };
    preparations.set(authorized, result);
  }
  return result;
}
