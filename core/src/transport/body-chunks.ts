/** The bytes of a request's body, in whichever form undici takes it. */

/** A piece of a body that streams. */
export type Chunk = Uint8Array | string;

/** What gives the pieces of a body that streams, once; undefined for what is no stream, such as a form. */
export function chunksOf(body: unknown): AsyncIterator<Chunk> | Iterator<Chunk> | undefined {
  const source = body as Partial<AsyncIterable<Chunk> & Iterable<Chunk>>;
  return source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]?.();
}

/** The bytes of a text or of any view on some, not copied. */
export function bytesOf(chunk: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (chunk instanceof ArrayBuffer) return Buffer.from(chunk);
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** Whether a body is all bytes already. */
export function isBytes(body: unknown): body is string | ArrayBuffer | ArrayBufferView {
  return typeof body === "string" || body instanceof ArrayBuffer || ArrayBuffer.isView(body);
}
