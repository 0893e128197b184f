/**
 * In which form this process speaks on stderr, whoever of it does: as lines of JSON where MLFLOW_AUTH_LOG_FORMAT says so, as the log
 * does by itself, and not at all at the level `silent`. What a program under `exec` prints does not pass here.
 */
import { stripVTControlCharacters } from "node:util";
import { codes } from "@mlflow-auth/core/internal/config";

type Stream = { write: NodeJS.WriteStream["write"] };
type Done = (fault?: Error | null) => void;

/** Has nothing more written; whoever waits for it is told that it is done. */
export function silence(stream: Stream): void {
  stream.write = ((...given: unknown[]) => {
    const done = given.at(-1);
    if (typeof done === "function") process.nextTick(done as Done);
    return true;
  }) as Stream["write"];
}

/** Has each line written as an object with the log's own names: `level`, `time`, `name`, `code` where there is one, `msg`. */
export function speakJson(stream: Stream): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = ((chunk: string | Uint8Array, ...others: unknown[]) => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    return write(jsonLines(text), ...others);
  }) as Stream["write"];
}

/** A line of the log, which is an object already. */
const LOGGED = /^\{"level":"/;

function jsonLines(text: string): string {
  const said: string[] = [];
  for (const line of stripVTControlCharacters(text).split("\n")) {
    // What is set in, such as `Try this:`, belongs to the line before it.
    if (/^\s/.test(line) && said.length > 0) said.push(`${said.pop()} ${line.trim()}`);
    else if (line !== "") said.push(line);
  }
  return said.map((line) => `${LOGGED.test(line) ? line : JSON.stringify(record(line))}\n`).join("");
}

/** Of a sentence for people: what it begins with says how grave it is. */
function record(line: string) {
  const msg = line.replace(/^mlflow-auth: /, "");
  const [, code = ""] = /^(?:warning +)?(?:\S+:\d+:\d+ +)?([A-Z][A-Z_]+)\b/.exec(msg) ?? [];
  const isCode = Object.hasOwn(codes, code);
  const isFault = isCode || /^\w*Error\b/.test(msg);
  const level = msg.startsWith("warning") ? "warn" : isFault ? "error" : "info";
  return { level, time: new Date().toISOString(), name: "mlflow-auth", ...(isCode && { code }), msg };
}
