/**
 * Run tags on the wire: `runs/create` gets the tags of the server's providers, whichever client sends it. A request either goes
 * out with them, or fails, or a warning says that it went without.
 */
import type { Dispatcher } from "undici";
import { headerKey } from "../http/client-credentials.js";
import { readRunBody } from "../mlflow/run-body.js";
import type { Authorizer } from "../pipeline/authorizer.js";
import type { AuthorizedHeaders } from "../pipeline/compose.js";
import { type DispatchHeaders, eachHeader } from "./client-request.js";
import { collect } from "./collect-body.js";

/** Digests that a client sends of its body, which then can't be another (RFC 9530, and their forerunners). */
const DIGESTS: ReadonlySet<string> = new Set(["content-digest", "repr-digest", "digest", "content-md5"]);

/**
 * The request with the tags in its body and without its `Content-Length`, which undici sets anew. A body that nothing can be
 * added to passes as it is, with a warning: one that is compressed, signed or sent with a digest, longer than 1 MiB, or not a
 * JSON object that MLflow would read as a run. Any other that streams is read whole, so it can be sent again after a 401.
 *
 * @throws MlflowAuthError of the provider that failed, or what the body's source failed with: nothing may be sent
 */
export async function withRunTags(
  options: Dispatcher.DispatchOptions,
  authorized: AuthorizedHeaders,
  authorizer: Pick<Authorizer<unknown>, "tags" | "warnUntagged">,
): Promise<Dispatcher.DispatchOptions> {
  const { server } = authorized;
  const headers = options.headers as DispatchHeaders;
  const reason = reasonBodyIsFixed(headers, authorized);
  if (reason !== undefined) {
    authorizer.warnUntagged(server, `its body ${reason}`);
    return options;
  }
  const collected = await collect(options.body);
  if ("uncollected" in collected) {
    const why = options.body == null ? "it has no body" : "its body is longer than 1 MiB, or a form";
    authorizer.warnUntagged(server, why);
    return { ...options, body: collected.uncollected as string };
  }
  const { bytes } = collected;
  const body = readRunBody(bytes);
  if (body === undefined) {
    authorizer.warnUntagged(server, "its body is not a JSON object that describes a run");
    return { ...options, body: sameKind(options.body, bytes) };
  }
  const { tags } = await authorizer.tags(server, body.run);
  const tagged = body.withTags(tags);
  if (tagged === bytes) return { ...options, body: sameKind(options.body, bytes) };
  return { ...options, headers: withoutLength(headers), body: sameKind(options.body, tagged) };
}

/** What keeps the body from being changed, as the end of a sentence. */
function reasonBodyIsFixed(
  headers: DispatchHeaders,
  { replacesClientCredentials }: AuthorizedHeaders,
): string | undefined {
  let reason: string | undefined;
  eachHeader(headers, (name, value) => {
    const key = headerKey(name);
    const text = String(value).trim().toLowerCase();
    if (key === "content-encoding" && text !== "" && text !== "identity") reason = "is compressed";
    else if (DIGESTS.has(key)) reason = "comes with a digest of its own";
    // A signature of the client's own counts only where it is passed on.
    else if (key === "authorization" && !replacesClientCredentials && text.startsWith("aws4-")) {
      reason = "is signed by the client";
    }
  });
  return reason;
}

function withoutLength(headers: DispatchHeaders): string[] {
  const list: (string | string[])[] = [];
  eachHeader(headers, (name, value) => {
    if (headerKey(name) !== "content-length") list.push(name, value);
  });
  return list as string[];
}

/** Of a Blob undici also sends the type. */
function sameKind(given: unknown, bytes: Buffer): Buffer {
  return given instanceof Blob ? (new Blob([bytes as Uint8Array<ArrayBuffer>], { type: given.type }) as never) : bytes;
}
