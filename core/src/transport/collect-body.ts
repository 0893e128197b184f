/** A short body read whole, for whoever has to look into it; a long one loses nothing by it. */
import { bytesOf, type Chunk, chunksOf, isBytes } from "./body-chunks.js";
import { isForm } from "./form-body.js";

/** Bytes. A client that creates a run sends a few thousand; MLflow itself takes no more than 1 MB in `runs/log-batch`. */
const LONGEST = 1024 * 1024;

/** A body in memory, or, of one that is too long or of another kind, what to send in its place: the same bytes. */
export type Collected = { readonly bytes: Buffer } | { readonly uncollected: unknown };

/**
 * Reads a request's body, in any form that undici takes, up to 1 MiB. Of a longer one that streams nothing is lost: what was
 * read comes before the rest.
 *
 * @throws what the body's source fails with
 */
export async function collect(body: unknown): Promise<Collected> {
  const sized = await whole(body);
  if (sized !== undefined) return sized;
  const iterator = chunksOf(body);
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

async function whole(body: unknown): Promise<Collected | undefined> {
  if (body === null || body === undefined || isForm(body)) return { uncollected: body };
  if (isBytes(body))
    return Buffer.byteLength(body as string) > LONGEST ? { uncollected: body } : { bytes: bytesOf(body) };
  if (!(body instanceof Blob)) return undefined;
  return body.size > LONGEST ? { uncollected: body } : { bytes: Buffer.from(await body.arrayBuffer()) };
}

async function* resumed(chunks: Buffer[], rest: AsyncIterator<Chunk> | Iterator<Chunk>): AsyncGenerator<Chunk> {
  try {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk;
    for (let step = await rest.next(); !step.done; step = await rest.next()) yield step.value;
  } finally {
    await rest.return?.();
  }
}
