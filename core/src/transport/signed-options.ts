/** Puts a signature on a request as undici is given it, when all else of it stands. */
import type { Dispatcher } from "undici";
import type { ServerConfig } from "../config/config.js";
import { headerKey } from "../http/client-credentials.js";
import type { Signing } from "../pipeline/signing.js";
import { type DispatchHeaders, eachHeader } from "./client-request.js";
import { announced } from "./form-body.js";
import { isKept, type KeptBody, keepBody } from "./kept-body.js";
import { withQuery } from "./outgoing-request.js";
import type { ReplayableBody } from "./replay.js";
import { type Signal, unlessAborted } from "./unless-aborted.js";

/** Methods of which undici sends a length even if it is 0. */
const EXPECT_BODY: ReadonlySet<string> = new Set(["PUT", "POST", "PATCH", "QUERY", "PROPFIND", "PROPPATCH"]);

/** Whose signature it is, and what it covers. */
export interface SignedOptionsSettings {
  readonly signing: Signing;
  readonly server: ServerConfig;
  /** What is known of the body from an earlier attempt. */
  readonly kept: ReplayableBody | undefined;
}

/**
 * The request with its signature, and its body, to be released when no attempt will follow.
 *
 * @param options what is sent but for the signature
 * @param origin scheme, host and port
 * @throws MlflowAuthError: the request must not be sent; nothing is kept of it then
 */
export async function signedOptions(
  options: Dispatcher.DispatchOptions,
  origin: string,
  { signing, server, kept }: SignedOptionsSettings,
): Promise<{ readonly options: Dispatcher.DispatchOptions; readonly body: KeptBody }> {
  const { length } = announced(options.headers as DispatchHeaders);
  const { signal } = options as { signal?: Signal };
  const keeping = isKept(kept)
    ? Promise.resolve(kept)
    : keepBody(options.body, { signing, server: server.uri, length });
  const body = await unlessAborted(keeping, signal).catch((thrown) => {
    // Its source may end late, or never.
    keeping.then(
      (late) => late.release(),
      () => undefined,
    );
    throw thrown;
  });
  try {
    return { options: await unlessAborted(sign(options, origin, signing, body), signal), body };
  } catch (thrown) {
    body.release();
    throw thrown;
  }
}

async function sign(
  options: Dispatcher.DispatchOptions,
  origin: string,
  signing: Signing,
  body: KeptBody,
): Promise<Dispatcher.DispatchOptions> {
  const path = withQuery(options);
  const own: [name: string, value: string][] = [];
  eachHeader(options.headers as DispatchHeaders, (name, value) => {
    for (const one of Array.isArray(value) ? value : [value]) own.push([name, asSent(one)]);
  });
  // As undici reads them: `content_length` is another header, beside which it sends its own.
  const isGiven = (key: string) => own.some(([name]) => name.toLowerCase() === key);
  // As undici would add them, and of what comes from a file it does not know the length.
  if (body.type !== undefined && !isGiven("content-type")) own.push(["Content-Type", body.type]);
  if ((body.length > 0 || EXPECT_BODY.has(options.method)) && !isGiven("content-length"))
    own.push(["Content-Length", String(body.length)]);
  const added = await signing.sign({
    origin,
    path,
    method: options.method,
    headers: [["Host", new URL(origin).host], ...own.map(([name, value]) => [name, value] as const)],
    sha256: () => body.sha256(),
  });
  const replaced = new Set(added.map(([name]) => headerKey(name)));
  const kept = own.filter(([name]) => !replaced.has(headerKey(name)));
  return { ...options, path, query: undefined as never, headers: [...kept, ...added].flat(), body: body.body as never };
}

/** A value as undici sends it, less the white space around it, which no server sees (RFC 9110, 5.5). */
function asSent(value: unknown): string {
  if (typeof value === "object" && value !== null) throw new TypeError("a header's value is an object");
  return value === null ? "" : String(value).replace(/^[ \t]+|[ \t]+$/g, "");
}
