/** What it takes to send a request body a second time. */
import { isForm } from "./form-body.js";

/** Bytes that are kept for a second attempt; a longer body is streamed through and sent once. */
export const LONGEST_REPLAY = 1024 * 1024;

/** A request body of which the beginning is kept while the request may have to go out again. */
export interface ReplayableBody {
  /** What to send the first time, in place of the body given. */
  readonly body: unknown;
  /** What to send the second time, or undefined if too much of it has gone by. Ask after the answer is there. */
  again(): { body: unknown } | undefined;
  /** No second attempt will come. */
  release(): void;
}

/**
 * Strings, bytes, Blobs, forms and lists are sent again as they are. Of an async iterable the first MiB is recorded while it streams; one
 * chunk that is the whole body, as fetch hands over texts and bytes, is kept however long it is. Node streams are left alone, and so
 * can't be sent again.
 *
 * @param length the declared one; asked for where it matters
 */
export function replayable(body: unknown, length: () => number | undefined = () => undefined): ReplayableBody {
  if (body === undefined || body === null) return NO_BODY;
  if (isReusable(body)) return new ReusableBody(body);
  if (isAsyncIterable(body) && typeof (body as { pipe?: unknown }).pipe !== "function") {
    return new RecordedBody(body, length);
  }
  return { body, again: () => undefined, release() {} };
}

class ReusableBody implements ReplayableBody {
  readonly body: unknown;

  constructor(body: unknown) {
    this.body = body;
  }

  again(): { body: unknown } {
    return { body: this.body };
  }

  release(): void {}
}

const NO_BODY = new ReusableBody(undefined);

function isReusable(body: unknown): boolean {
  if (typeof body === "string") return true;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer || body instanceof Blob || isForm(body)) return true;
  // A list of chunks can be read again; what is an iterator itself can't.
  return isIterable(body) && !("next" in body);
}

function isIterable(body: unknown): body is Iterable<unknown> {
  return typeof (body as { [Symbol.iterator]?: unknown })[Symbol.iterator] === "function";
}

type Chunk = Uint8Array | string;

/** The readers of a recorded body, one for each attempt. */
const FIRST = 1;
const SECOND = 2;

function isAsyncIterable(body: unknown): body is AsyncIterable<Chunk> {
  return typeof (body as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator] === "function";
}

/**
 * Reads its source once, for two readers one after the other. The second starts from the first byte and goes on where the
 * first left off, so a rejection that comes in the middle of an upload loses nothing.
 */
class RecordedBody implements ReplayableBody {
  readonly body: AsyncIterable<Chunk> = { [Symbol.asyncIterator]: () => this.#read(FIRST) };
  readonly #source: AsyncIterator<Chunk>;
  readonly #length: () => number | undefined;
  readonly #chunks: Chunk[] = [];
  /** Chunks that were handed on and forgotten. */
  #forgotten = 0;
  #bytes = 0;
  #keeping = true;
  #ended = false;
  /** The one that gets chunks. */
  #reader = FIRST;
  #advancing: Promise<void> | undefined;

  constructor(source: AsyncIterable<Chunk>, length: () => number | undefined) {
    this.#source = source[Symbol.asyncIterator]();
    this.#length = length;
  }

  again(): { body: unknown } | undefined {
    if (!this.#keeping) return undefined;
    this.#keeping = false;
    // From now on, though it may be long until the second one begins: the first would forget what that one needs.
    this.#reader = SECOND;
    return { body: { [Symbol.asyncIterator]: () => this.#read(SECOND) } };
  }

  release(): void {
    this.#keeping = false;
  }

  async *#read(reader: number): AsyncGenerator<Chunk> {
    try {
      for (let index = 0; ; index++) {
        this.#check(reader);
        while (index - this.#forgotten >= this.#chunks.length) {
          if (this.#ended) return;
          await this.#advance();
          this.#check(reader);
        }
        const chunk = this.#chunks[index - this.#forgotten] as Chunk;
        if (!this.#keeping) this.#forget(index + 1);
        yield chunk;
      }
    } finally {
      if (reader === this.#reader && !this.#keeping && !this.#ended) await this.#source.return?.();
    }
  }

  /** The first upload is cut off where it stands: if it ended there, it would look whole. */
  #check(reader: number): void {
    if (reader !== this.#reader) throw new Error("the body goes out again with another credential");
  }

  #forget(before: number): void {
    this.#chunks.splice(0, before - this.#forgotten);
    this.#forgotten = before;
  }

  /** One step of the source, however many wait for it. */
  #advance(): Promise<void> {
    this.#advancing ??= this.#source
      .next()
      .then(({ done, value }) => {
        if (done) {
          this.#ended = true;
          return;
        }
        const bytes = Buffer.byteLength(value);
        this.#bytes += bytes;
        const isLong = this.#bytes > LONGEST_REPLAY;
        if (isLong && !(this.#bytes === bytes && bytes === this.#length())) this.#keeping = false;
        // A copy: the source may fill the same buffer anew for its next chunk.
        const copied = this.#keeping && !isLong && typeof value !== "string";
        this.#chunks.push(copied ? Buffer.from(value) : value);
      })
      .finally(() => {
        this.#advancing = undefined;
      });
    return this.#advancing;
  }
}
