/** What it takes to send a request body a second time. */

/** Bytes that are kept for a second attempt; a longer body is streamed through and sent once. */
const LONGEST_REPLAY = 1024 * 1024;

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
 * Strings and buffers are sent again as they are. Of an async iterable (that is how fetch hands over any body) the first MiB
 * is recorded while it streams. Node streams are left alone, and so can't be sent again.
 */
export function replayable(body: unknown): ReplayableBody {
  if (body === undefined || body === null) return NO_BODY;
  if (isReusable(body)) return new ReusableBody(body);
  if (isAsyncIterable(body) && typeof (body as { pipe?: unknown }).pipe !== "function") return new RecordedBody(body);
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
  return ArrayBuffer.isView(body) || body instanceof ArrayBuffer || body instanceof Blob || body instanceof FormData;
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
  readonly #chunks: Chunk[] = [];
  /** Chunks that were handed on and forgotten. */
  #forgotten = 0;
  #bytes = 0;
  #keeping = true;
  #ended = false;
  /** The one that gets chunks. */
  #reader = FIRST;
  #advancing: Promise<void> | undefined;

  constructor(source: AsyncIterable<Chunk>) {
    this.#source = source[Symbol.asyncIterator]();
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
        this.#bytes += Buffer.byteLength(value);
        if (this.#bytes > LONGEST_REPLAY) this.#keeping = false;
        // A copy: the source may fill the same buffer anew for its next chunk.
        this.#chunks.push(this.#keeping && typeof value !== "string" ? Buffer.from(value) : value);
      })
      .finally(() => {
        this.#advancing = undefined;
      });
    return this.#advancing;
  }
}
