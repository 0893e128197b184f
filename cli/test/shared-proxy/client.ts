/** A program as Python is one: it opens the sockets, starts the proxy on them, and speaks with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readlinkSync, realpathSync, renameSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonWheel } from "@mlflow-auth/proxy";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { compileCache } from "@mlflow-auth/test/compile-cache";
import { closeAfterwards, limitTests } from "@mlflow-auth/test/suite";
import { ownRights } from "../../src/shared-proxy/judge.js";

/** Seconds: each test starts a proxy or two. */
limitTests(60);

/** What `mlflow_auth_bridge` reads as its settings, as far as the tests go by it. */
export interface Settings {
  readonly proxy: string;
  readonly token: string;
  readonly upstream: string;
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  readonly addresses: object;
  readonly displaced: object;
  readonly process: { readonly pid: number };
}

/** A line of the proxy, whatever it says. */
export interface Line {
  readonly settings?: Settings;
  readonly file?: string | null;
  readonly fd?: string | null;
  readonly digest?: string;
  readonly no?: string;
  readonly failed?: { readonly code: string; readonly text: string };
  readonly say?: string;
  readonly again?: true;
}

/** A connection to the proxy. */
export interface Connection {
  readonly socket: Socket;
  /** All that came. */
  readonly lines: readonly Line[];
  send(message: unknown): void;
  /** The first line that is so, come or to come; rejects if the connection ends before. */
  line(is: (line: Line) => boolean): Promise<Line>;
  /** Resolves once the proxy has ended the connection. */
  readonly end: Promise<void>;
}

export interface Place {
  readonly cwd: string;
  /** Beside PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface StartOptions extends Place {
  /** Runs the handover program. Default: none, so nobody gets the port. */
  readonly python?: string;
  /** What a killed proxy left. */
  readonly left?: { readonly token: string; readonly digest: string };
  /** Default: the one that was built. */
  readonly command?: string;
  /** More of what is given, or in its place. */
  readonly given?: object;
}

/** A proxy, as the program that started it knows it. */
export interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  /** Where others ask. */
  readonly path: string;
  readonly handoverPath: string;
  readonly starter: Connection;
  /** Its exit code, or the signal that ended it. */
  readonly end: Promise<number | NodeJS.Signals>;
  /** What the process printed; nobody should. */
  readonly printed: () => string;
}

const launched = { version: "1.2.3", prefix: "/opt/venv", plugins: [] };

/** What a program tells of itself. `more` in its place. */
export function askOf({ cwd, env = {} }: Place, more: object = {}): { ask: object } {
  const { PATH = "", HOME = "" } = process.env;
  const namespaces = Object.fromEntries(["net", "mnt"].map((kind) => [kind, readlinkSync(`/proc/self/ns/${kind}`)]));
  return {
    ask: { ...launched, cwd, env: { PATH, HOME, ...compileCache, ...env }, namespaces, rights: ownRights(), ...more },
  };
}

/** Starts a proxy, and asks it as the one who did. */
export async function startShared(options: StartOptions): Promise<Started> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "mlflow-auth-shared-"));
  closeAfterwards(() => rmSync(folder, { recursive: true, force: true }));
  const { cwd, env, python, left, given, command = builtCommand } = options;
  const path = join(folder, "1.sock");
  const handoverPath = join(folder, "1.fd");
  const [tcp, control, handover] = await Promise.all([
    listen({ port: 0, host: "127.0.0.1" }),
    listen({ path }),
    listen({ path: handoverPath }),
  ]);
  const shared = {
    ...{ listen: 3, control: 4, handover: 5, starter: 6, socket: path, handoverSocket: handoverPath, cwd },
    ...{
      python: python ?? null,
      handoverProgram: pythonWheel,
      token: left === undefined ? null : 7,
      digest: left?.digest ?? null,
    },
    ...given,
  };
  const { PATH = "", HOME = "" } = process.env;
  const variables = { _MLFLOW_AUTH_PYTHON: JSON.stringify(launched), _MLFLOW_AUTH_SHARED: JSON.stringify(shared) };
  const child = spawn(process.execPath, [command, "serve-processes"], {
    cwd: "/",
    env: { PATH, HOME, ...env, ...compileCache, ...variables },
    stdio: ["ignore", "pipe", "pipe", descriptorOf(tcp), descriptorOf(control), descriptorOf(handover), "pipe", "pipe"],
    detached: true,
  });
  // One that has a successor is not to be killed.
  closeAfterwards(() => child.kill(python === undefined ? "SIGKILL" : "SIGTERM"));
  const end = once(child, "exit").then(([code, signal]) => code ?? signal);
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (printed += chunk));
  const { port } = tcp.address() as { port: number };
  // They live on in the proxy, which alone accepts.
  await letGo(tcp);
  await letGo(control, path);
  await letGo(handover, handoverPath);
  const pipes = child.stdio as unknown as Socket[];
  pipes[7]?.end(left?.token ?? "");
  const starter = speakOn(pipes[6] as Socket);
  starter.send(askOf(options));
  return { child, port, path, handoverPath, starter, end, printed: () => printed };
}

/** Asks a proxy that runs, as another program. */
export async function askAt(path: string, place: Place, more?: object): Promise<Connection> {
  const connection = await connectTo(path);
  connection.send(askOf(place, more));
  return connection;
}

/** A connection on which nothing is asked yet. */
export async function connectTo(path: string): Promise<Connection> {
  const socket = connect(path);
  closeAfterwards(() => socket.destroy());
  await once(socket, "connect");
  return speakOn(socket);
}

function speakOn(socket: Socket): Connection {
  const lines: Line[] = [];
  let rest = "";
  const end = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => undefined);
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() as string;
    for (const part of parts) lines.push(JSON.parse(part));
    socket.emit("line");
  });
  return {
    socket,
    lines,
    end,
    send: (message) => void socket.write(`${JSON.stringify(message)}\n`),
    async line(is) {
      let found = lines.find(is);
      while (found === undefined) {
        const ended = await Promise.race([once(socket, "line").then(() => false), end.then(() => true)]);
        found = lines.find(is);
        if (found === undefined && ended) throw new Error(`ended, after ${JSON.stringify(lines)}`);
      }
      return found;
    },
  };
}

function listen(at: object): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(at, () => resolve(server));
  });
}

/** Closes a socket, of which another process has its own: Node would remove its file. */
async function letGo(server: Server, path?: string): Promise<void> {
  if (path !== undefined) renameSync(path, `${path}.kept`);
  server.close();
  await once(server, "close");
  if (path !== undefined) renameSync(`${path}.kept`, path);
}

interface Handle {
  readonly _handle: { readonly fd: number };
}

function descriptorOf(server: Server): number {
  return (server as unknown as Handle)._handle.fd;
}
