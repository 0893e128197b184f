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
import { bytesOf } from "./kept-body.js";

/** Digests that a client sends of its body, which then can't be another (RFC 9530, and their forerunners). */
const DIGESTS: ReadonlySet<string> = new Set(["content-digest", "repr-digest", "digest", "content-md5"]);
/** Bytes. A client that creates a run sends a few thousand; MLflow itself takes no more than 1 MB in `runs/log-batch`. */
const LONGEST = 1024 * 1024;

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

/** A body in memory, or, of one that is too long or of another kind, what to send in its place: the same bytes. */
type Collected = { readonly bytes: Buffer } | { readonly uncollected: unknown };

/**
 * Reads a request's body, in any form that undici takes, up to 1 MiB. Of a longer one that streams nothing is lost: what was
 * read comes before the rest.
 *
 * @throws what the body's source fails with
 */
async function collect(body: unknown): Promise<Collected> {
  const sized = await whole(body);
  if (sized !== undefined) return sized;
  const source = body as Partial<AsyncIterable<Chunk> & Iterable<Chunk>>;
  const iterator = source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]?.();
  if (iterator === undefined) return { uncollected: body };
  const chunks: Buffer[] = [];
  let length = 0;
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
    const chunk = bytesOf(step.value);
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST) return { uncollected: resumed(chunks, iterator) };
  }
  return { bytes: Buffer.concat(chunks) };
}

type Chunk = Uint8Array | string;

async function whole(body: unknown): Promise<Collected | undefined> {
  if (body === null || body === undefined || body instanceof FormData) return { uncollected: body };
  const limited = (length: number, bytes: () => Buffer) =>
    length > LONGEST ? { uncollected: body } : { bytes: bytes() };
  if (typeof body === "string") return limited(Buffer.byteLength(body), () => Buffer.from(body));
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return limited(body.byteLength, () => bytesOf(body));
  if (!(body instanceof Blob)) return undefined;
  if (body.size > LONGEST) return { uncollected: body };
  return { bytes: Buffer.from(await body.arrayBuffer()) };
}

async function* resumed(chunks: Buffer[], rest: AsyncIterator<Chunk> | Iterator<Chunk>): AsyncGenerator<Chunk> {
  try {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk;
    for (let step = await rest.next(); !step.done; step = await rest.next()) yield step.value;
  } finally {
    await rest.return?.();
  }
}
