/** Reads along a short answer: nothing waits for it, and nothing fails because of it. */
import type { IncomingHttpHeaders } from "node:http";

/** Bytes, encoded and decoded. An answer of more is passed on unread. */
const LONGEST = 256 * 1024;

/** An artifact has another, and is neither kept nor decoded for nothing. */
const JSON_TYPE = "application/json";

/** By which a plugin says that it has answered in the server's place, and the server knows of nothing that the answer tells. */
const NOT_RECORDED = "x-mlflow-auth-not-recorded";

/** Node's functions for the encodings that clients ask for. Loaded once there is something to decode, for that takes its time. */
const decoders: Readonly<Record<string, "gunzipSync" | "inflateSync" | "brotliDecompressSync">> = {
  gzip: "gunzipSync",
  deflate: "inflateSync",
  br: "brotliDecompressSync",
};

/** What is wanted of successful answers. */
export interface Reading {
  /** Only answers that say that they are JSON, and hold these bytes, are told. Default: every answer. */
  readonly holding?: Buffer | undefined;
  read(body: string): void;
}

/** Reads one answer of at most 256 KiB. */
export class AnswerReader {
  readonly #readings: readonly Reading[];
  readonly #encoding: string;
  #chunks: Buffer[] = [];
  #length = 0;

  /** @param readings those of which {@link readerOf} has found that the answer may concern them */
  constructor(readings: readonly Reading[], encoding: string) {
    this.#readings = readings;
    this.#encoding = encoding;
  }

  add(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > LONGEST) this.#chunks = [];
    else this.#chunks.push(chunk);
  }

  /** The answer is over. */
  end(): void {
    if (this.#chunks.length === 0) return;
    try {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      const decoder = decoders[this.#encoding];
      const body =
        decoder === undefined
          ? bytes
          : process.getBuiltinModule("node:zlib")[decoder](bytes, { maxOutputLength: LONGEST });
      for (const reading of this.#readings) tell(reading, body);
    } catch {
      // An answer that can't be read is the client's affair: it got every byte.
    }
  }
}

function tell({ holding, read }: Reading, body: Buffer): void {
  if (holding === undefined || body.includes(holding)) read(body.toString());
}

/** What reads an answer; undefined where nobody wants it read. */
export function readerOf(
  readings: readonly Reading[],
  status: number,
  headers: IncomingHttpHeaders,
): AnswerReader | undefined {
  if (readings.length === 0 || status !== 200 || NOT_RECORDED in headers) return undefined;
  const { "content-length": length, "content-type": type, "content-encoding": encoding } = headers;
  if (length !== undefined && Number(length) > LONGEST) return undefined;
  const isJson = typeof type === "string" && type.slice(0, JSON_TYPE.length).toLowerCase() === JSON_TYPE;
  const wanted = isJson ? readings : readings.filter(({ holding }) => holding === undefined);
  return wanted.length === 0 ? undefined : new AnswerReader(wanted, encoding?.toLowerCase() ?? "");
}
