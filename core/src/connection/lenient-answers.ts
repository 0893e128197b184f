/**
 * Puts right what MLflow's clients pass over in an answer and undici's parser refuses or misreads: interim answers 100 that nobody asked
 * for, a Content-Length that is said again and is the same, tabs around what frames the body, folded lines. It stands between a socket
 * and the parser, looks at heads alone, and notes how far an answer had come where its connection breaks. It also finds the answer of a
 * server that closes before it has read an upload.
 */
import type { Socket } from "node:net";
import type { buildConnector } from "undici";

/** The same connector, whose sockets are read so. */
export function readingLeniently(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
      } else {
        readLeniently(socket);
        readBehindFailures(socket);
        callback(null, socket);
      }
    });
}

/** How far the answer had come when the connection broke, and whether that had served another request before. */
export interface BrokenAnswer {
  readonly begun: boolean;
  readonly reused: boolean;
}

const broken = new WeakMap<Error, BrokenAnswer>();

/** What is known of an error with which undici fails a request; undefined for one that is no broken connection. */
export function brokenAnswerOf(error: unknown): BrokenAnswer | undefined {
  return broken.get(error as Error);
}

/** The head of a request, which undici writes as one text. */
const REQUEST = /^[A-Z]+ \S+ HTTP\/1\.1\r\nhost: /;
const HTTP = "HTTP/1.";
const END = Buffer.from("\r\n\r\n");
/** Where the first digit of a status stands: behind the version, which has one more, and a blank. */
const STATUS = HTTP.length + 2;
const ONE = 0x31;
/** Bytes of a head that are held until its end has come: the parser refuses one that is longer. */
const LONGEST = 64 * 1024;

/** undici sends a request once the answer before it has ended. So what comes after a request's head is the head of an answer. */
function readLeniently(socket: Socket): void {
  const { write, read } = socket;
  let requests = 0;
  let inHead = false;
  let held: Buffer | undefined;

  // Both are called for every request, some of them several times: with as many arguments as undici and Node give them.
  socket.write = ((data: unknown, encoding: unknown, done: unknown): boolean => {
    if (!inHead && typeof data === "string" && REQUEST.test(data)) {
      requests++;
      inHead = true;
    }
    return write.call(socket, data as never, encoding as never, done as never);
  }) as Socket["write"];

  socket.read = (size?: number): Buffer | null => {
    const chunk = read.call(socket, size as number) as Buffer | null;
    if (!inHead || chunk === null) return chunk;
    const bytes = held === undefined ? chunk : Buffer.concat([held, chunk]);
    held = undefined;
    // Nearly always: the whole head of the answer itself.
    const end = bytes[STATUS] === ONE ? -1 : bytes.indexOf(END);
    if (end === -1) return readHead(bytes);
    inHead = false;
    return asParsed(bytes, end);
  };

  /** What the parser is to read of these bytes. */
  function readHead(given: Buffer): Buffer | null {
    const interim: Buffer[] = [];
    let bytes = given;
    while (bytes.length > 0) {
      const end = bytes.indexOf(END);
      if (end === -1) {
        if (mayBecomeHead(bytes)) held = bytes;
        else inHead = false;
        break;
      }
      const status = bytes[STATUS] === ONE ? bytes.toString("latin1", STATUS, STATUS + 3) : undefined;
      if (status === undefined || status === "101") {
        inHead = false;
        bytes = asParsed(bytes, end);
        break;
      }
      if (status !== "100") interim.push(bytes.subarray(0, end + END.length));
      bytes = bytes.subarray(end + END.length);
    }
    if (held !== undefined || bytes.length === 0) return interim.length === 0 ? null : Buffer.concat(interim);
    return interim.length === 0 ? bytes : Buffer.concat([...interim, bytes]);
  }

  function note(error: Error): void {
    if (inHead) broken.set(error, { begun: (held?.length ?? 0) > HTTP.length, reused: requests > 1 });
  }
  socket.on("error", note);
  // Before undici, which would make an error of its own.
  socket.on("end", () => {
    if (!inHead) return;
    const error = Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
    note(error);
    socket.destroy(error);
  });
}

/** Whether more of a head may follow. What is none is for the parser to refuse at once, and so is one whose lines end otherwise. */
function mayBecomeHead(bytes: Buffer): boolean {
  if (bytes.length > LONGEST || bytes.includes("\n\n")) return false;
  return HTTP.startsWith(bytes.toString("latin1", 0, HTTP.length));
}

/** A folded line, a second Content-Length, in the same line or in one behind it, or a tab in a line that frames the body. */
const ODD = /\r\n(?:[\t ]|content-length:(?:[^\r\n]*[,\t]|.*\r\ncontent-length:)|transfer-encoding:[^\r\n]*\t)/is;
const LENGTH = /^content-length:(.*)$/i;
const ENCODING = /^transfer-encoding:[\t ]*([^\t ]+)[\t ]*$/i;

/**
 * A head with one Content-Length where all that it has are numerically equal, and with each folded line as one (RFC 9112, 5.2).
 *
 * @param end where the head ends
 */
function asParsed(bytes: Buffer, end: number): Buffer {
  const head = bytes.toString("latin1", 0, end);
  // Nearly always there is nothing of the kind.
  if (!ODD.test(head)) return bytes;
  const [status = "", ...folded] = head.split(/\r\n(?![\t ])/);
  const lengths = new Set<string>();
  const lines = folded.flatMap((line) => {
    const plain = line.replace(/\r\n[\t ]+/g, " ").replace(ENCODING, "transfer-encoding: $1");
    const length = LENGTH.exec(plain)?.[1];
    if (length === undefined) return [plain];
    for (const one of length.split(",")) lengths.add(canonical(one));
    return [];
  });
  // The parser refuses those that differ.
  for (const length of lengths) lines.push(`content-length: ${length}`);
  return Buffer.concat([Buffer.from([status, ...lines].join("\r\n"), "latin1"), bytes.subarray(end)]);
}

/** Of a number its shortest text, whatever blanks are around it; anything else as it is. */
function canonical(length: string): string {
  return length.replace(/^[\t ]*0*([1-9]\d*|0)[\t ]*$/, "$1");
}

type Written = (error?: Error | null) => void;
type Write = (data: unknown, encoding: unknown, done: Written) => void;

/** Milliseconds for which an answer is looked for. What has come is there already. */
const LOOK = 1_000;

/**
 * Lets a socket be read to its end after a write has failed. Node would destroy it at once, with an answer that has come and was not read
 * yet; the failure is told once what there is has been read, when the reading fails, too.
 */
function readBehindFailures(socket: Socket): void {
  const { _write, _writev } = socket as unknown as { _write: Write; _writev?: Write };
  // Node gives the same function each time, and there are several writes to a request.
  let written: Written | undefined;
  let patient: Written | undefined;
  function patiently(done: Written): Written {
    if (patient !== undefined && done === written) return patient;
    written = done;
    patient = (error) => {
      if (error == null || socket.destroyed) return done(error);
      const tell = () => {
        clearTimeout(timer);
        done(error);
      };
      const timer = setTimeout(tell, LOOK);
      socket.once("close", tell);
    };
    return patient;
  }
  Object.assign(socket, {
    _write: (data: unknown, encoding: unknown, done: Written) => _write.call(socket, data, encoding, patiently(done)),
    ...(_writev && {
      _writev: (chunks: unknown, done: Written) =>
        (_writev as unknown as (chunks: unknown, done: Written) => void).call(socket, chunks, patiently(done)),
    }),
  });
}
