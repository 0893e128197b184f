/** A body that is there as a whole: it can be signed, and sent as often as need be. */
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { Signing } from "../pipeline/signing.js";
import { bytesOf, type Chunk, chunksOf, isBytes } from "./body-chunks.js";
import { LONGEST_REPLAY, type ReplayableBody } from "./replay.js";

/** Bytes that are read from a file at a time. */
const PIECE = 64 * 1024;

/** A request's whole body. */
export interface KeptBody extends ReplayableBody {
  /** Bytes. */
  readonly length: number;
  /** The content type that goes with it where the client names none. */
  readonly type: string | undefined;
  /** In hexadecimal digits. */
  sha256(): Promise<string>;
  again(): { body: unknown };
}

/** Whether what stands for the body is all of it. */
export function isKept(body: ReplayableBody | undefined): body is KeptBody {
  return body !== undefined && "sha256" in body;
}

/** For whom a body is kept. */
export interface KeepBodyOptions {
  readonly signing: Pick<Signing, "instance" | "longBodies">;
  /** The URI of the server that the request is for. */
  readonly server: string;
  /** The declared length. */
  readonly length?: number | undefined;
}

/**
 * Reads a streamed body to its end: up to 1 MiB into memory, and what is longer into a file that has no name, so that it is gone with
 * the process at the latest.
 *
 * @param body in any form that undici takes, but for forms
 * @throws MlflowAuthError `BODY_UNSIGNABLE`, or what the body's source fails with; the rest of the body is left unread then
 */
export async function keepBody(body: unknown, options: KeepBodyOptions): Promise<KeptBody> {
  if (body === null || body === undefined) return new BodyInMemory(Buffer.alloc(0));
  if (body instanceof Blob) return new BodyInMemory(body);
  if (isBytes(body)) return new BodyInMemory(bytesOf(body));
  const iterator = chunksOf(body);
  if (iterator === undefined) throw unsignable(options, "it is of a kind that can't be read", "send bytes or a stream");
  try {
    return await keep(iterator, options);
  } catch (thrown) {
    // Not waited for: a source that does not end well has nothing more to say.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
    throw thrown;
  }
}

async function keep(iterator: AsyncIterator<Chunk> | Iterator<Chunk>, options: KeepBodyOptions): Promise<KeptBody> {
  const { signing, length: declared = 0 } = options;
  const refused = () =>
    unsignable(
      options,
      "it is longer than 1 MiB, and this plugin signs no such streams",
      "send it as bytes or a file, or in parts",
    );
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const step = await iterator.next();
    if (step.done) return new BodyInMemory(Buffer.concat(chunks));
    // A copy: the source may fill the same buffer anew for its next chunk.
    const chunk = Buffer.from(bytesOf(step.value));
    chunks.push(chunk);
    bytes += chunk.length;
    // One chunk that is all of it is in memory already.
    if (chunks.length === 1 && bytes === declared) continue;
    if (signing.longBodies === "refuse" && Math.max(bytes, declared) > LONGEST_REPLAY) throw refused();
    if (bytes <= LONGEST_REPLAY) continue;
    return await spool(chunks, iterator, options);
  }
}

class BodyInMemory implements KeptBody {
  readonly body: Buffer | Blob;
  #digest: Promise<string> | undefined;

  constructor(body: Buffer | Blob) {
    this.body = body;
  }

  get length(): number {
    return this.body instanceof Blob ? this.body.size : this.body.length;
  }

  get type(): string | undefined {
    return (this.body instanceof Blob && this.body.type) || undefined;
  }

  sha256(): Promise<string> {
    this.#digest ??= digestOf(this.body instanceof Blob ? this.body.stream() : [this.body]);
    return this.#digest;
  }

  again(): { body: unknown } {
    return { body: this.body };
  }

  release(): void {}
}

async function digestOf(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

async function spool(
  chunks: readonly Buffer[],
  rest: AsyncIterator<Chunk> | Iterator<Chunk>,
  options: KeepBodyOptions,
): Promise<KeptBody> {
  const folder = tmpdir();
  const hash = createHash("sha256");
  let length = 0;
  let file: FileHandle | undefined;
  const write = async (chunk: Buffer) => {
    hash.update(chunk);
    // At a place of its own each: a short write is no end.
    for (let from = 0; from < chunk.length; ) {
      const { bytesWritten } = await (file as FileHandle).write(chunk, from, chunk.length - from, length);
      from += bytesWritten;
      length += bytesWritten;
    }
  };
  /** Whatever the file system says is told as what it means here. */
  const onDisk = async <T>(step: () => Promise<T>): Promise<T> => {
    try {
      return await step();
    } catch (thrown) {
      throw noRoom(options, folder, (thrown as NodeJS.ErrnoException).code);
    }
  };
  try {
    await onDisk(async () => {
      const path = join(folder, `mlflow-auth-${randomUUID()}`);
      file = await open(path, "wx+", 0o600);
      await unlink(path);
      for (const chunk of chunks) await write(chunk);
    });
    for (let step = await rest.next(); !step.done; step = await rest.next()) {
      const chunk = bytesOf(step.value);
      await onDisk(() => write(chunk));
    }
  } catch (thrown) {
    await file?.close().catch(() => undefined);
    throw thrown;
  }
  return new SpooledBody(file as unknown as FileHandle, length, hash.digest("hex"));
}

/** A body in a file, which is closed once nobody reads it and nobody will. */
class SpooledBody implements KeptBody {
  readonly type = undefined;
  readonly length: number;
  readonly #file: FileHandle;
  readonly #digest: string;
  #readers = 0;
  #isReleased = false;

  constructor(file: FileHandle, length: number, digest: string) {
    this.#file = file;
    this.length = length;
    this.#digest = digest;
  }

  get body(): AsyncIterable<Buffer> {
    return { [Symbol.asyncIterator]: () => this.#read() };
  }

  async sha256(): Promise<string> {
    return this.#digest;
  }

  again(): { body: unknown } {
    return { body: this.body };
  }

  release(): void {
    this.#isReleased = true;
    this.#closeUnused();
  }

  async *#read(): AsyncGenerator<Buffer> {
    this.#readers++;
    try {
      for (let position = 0; position < this.length; ) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE, this.length - position));
        const { bytesRead } = await this.#file.read(piece, 0, piece.length, position);
        // Never an end: what was signed is not all there any more.
        if (bytesRead === 0) throw new Error("the temporary file of a body has become shorter");
        position += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    } finally {
      this.#readers--;
      this.#closeUnused();
    }
  }

  #closeUnused(): void {
    if (this.#isReleased && this.#readers === 0) this.#file.close().catch(() => undefined);
  }
}

function noRoom(options: KeepBodyOptions, folder: string, code = "no detail"): MlflowAuthError {
  const why = `${folder} could not hold its temporary file (${reasons[code] ?? code})`;
  return unsignable(options, why, "make room there, or name another folder in TMPDIR");
}

const reasons: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  EFBIG: "files may not be so large",
  EROFS: "it can only be read",
  EACCES: "no permission to write",
  ENOENT: "there is no such folder",
  EMFILE: "this process has no descriptor left",
};

function unsignable({ signing, server }: KeepBodyOptions, why: string, remedy: string): MlflowAuthError {
  const { instance } = signing;
  const message = `a request to ${server} was not sent, for ${instance} must sign its whole body: ${why}`;
  return new MlflowAuthError("BODY_UNSIGNABLE", message, { plugin: instance, server, remedy });
}
