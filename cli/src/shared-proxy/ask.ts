/** What programs and a shared proxy say to each other on the control socket: objects of JSON, one a line. */
import type { Socket } from "node:net";
import type { PythonEnvironment } from "@mlflow-auth/core/internal/python";

/** What a program tells of itself when it asks to share a proxy. */
export interface Ask extends PythonEnvironment {
  /** Null: its folder does not exist any more. */
  readonly cwd: string | null;
  /** All of its environment, as this process would read it: with U+FFFD for what is no UTF-8. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it counts network interfaces and mounts: `net` and `mnt`, as /proc has them; nothing where there is no such thing. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** What it may read beside what everybody may who is this user, as {@link ownRights} gives it. */
  readonly rights: Readonly<Record<string, string>>;
}

/** What the proxy says. */
export type Told =
  /** Yes: the value of `bridgeVariable`; the file in use; the path of the socket that gives the port away; what the token stands for. */
  | {
      readonly settings: object;
      readonly file: string | null;
      readonly fd: string | null;
      readonly digest: string;
    }
  /** What differs, in a word and without a value. It is the last line. */
  | { readonly no: string }
  /** Why the proxy can't be started, as the command says it. It is the last line. */
  | { readonly failed: { readonly code: string; readonly text: string } }
  /** Later: a line for the program's stderr. */
  | { readonly say: string }
  /** Later: the next request is to be preceded by another ask, on another connection. */
  | { readonly again: true };

/** Bytes of a line. An environment has some kilobytes, and Linux gives it 2 MiB at most by default. */
const LONGEST = 4 * 1024 * 1024;

/** Room for lines that are not complete, which all connections share. */
export interface Room {
  /** Bytes. */
  left: number;
}

/** The first line that comes on a connection; undefined if that ends first, the line is too long, or there is no room for it. */
export function firstLine(socket: Socket, room: Room): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    const leave = (line?: string) => {
      socket.off("data", take).off("close", gone).off("end", gone);
      room.left += length;
      resolve(line);
    };
    const gone = () => leave();
    const take = (chunk: Buffer) => {
      const end = chunk.indexOf("\n");
      const piece = end === -1 ? chunk : chunk.subarray(0, end);
      pieces.push(piece);
      length += piece.length;
      room.left -= piece.length;
      if (length > LONGEST || room.left < 0) leave();
      else if (end !== -1) leave(Buffer.concat(pieces).toString());
    };
    socket.on("data", take).on("close", gone).on("end", gone);
  });
}

/** @returns undefined if it is no ask */
export function askIn(line: string): Ask | undefined {
  try {
    const { ask } = JSON.parse(line) as { ask: Ask };
    const { version, prefix, plugins, cwd, env, namespaces, rights } = ask;
    const isAsk =
      [version, prefix].every(isText) &&
      (cwd === null || isText(cwd)) &&
      Array.isArray(plugins) &&
      [plugins, env, namespaces, rights].every((one) => typeof one === "object" && Object.values(one).every(isText));
    return isAsk ? { version, prefix, plugins, cwd, env, namespaces, rights } : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown) => typeof value === "string";

/** Says something to a program, which may be gone. */
export function tell(socket: Socket, told: Told): void {
  if (socket.writable) socket.write(`${JSON.stringify(told)}\n`);
}
