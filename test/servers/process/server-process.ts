import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { killAtEnd } from "./lifeline.ts";

/** A server in a process of its own. */
export interface ServerProcess {
  /** The process, which leads a process group of its own. */
  readonly pid: number;
  /** What it has printed, the last 64 KiB. */
  output(): string;
  /** True once it has ended, whether it was stopped or not. */
  ended(): boolean;
  /** Ends it with all its children: SIGTERM, and SIGKILL after 5 seconds. */
  stop(): Promise<void>;
}

/** How to start it. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const MAX_OUTPUT = 64 * 1024;

/** Starts a server that ends with this process at the latest, and does not keep it from ending. */
export function startProcess({ command, args, env, cwd }: ServerCommand): ServerProcess {
  const child = spawn(command, args, {
    env: env ?? process.env,
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let failure: Error | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => (output = `${output}${chunk}`.slice(-MAX_OUTPUT)));
    (stream as unknown as { unref(): void }).unref();
  }
  child.on("error", (error) => (failure = error));
  child.unref();
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  const forget = killAtEnd(pid);
  const ended = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null;
  return { pid, output: () => output, ended, stop: () => stop(child, pid, ended).then(forget) };
}

async function stop(child: ChildProcess, pid: number, ended: () => boolean): Promise<void> {
  if (!ended()) {
    const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.ref();
    signal(pid, "SIGTERM");
    await Promise.race([exit, sleep(5_000, undefined, { ref: false })]);
  }
  // This is done even if the leader is gone, for a worker may have outlived it.
  signal(pid, "SIGKILL");
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Waits until a server is ready.
 *
 * @param ready is asked again and again; if it throws, the server is not ready yet
 * @param seconds how long to wait
 * @throws Error with what the server printed, if it ended or is not ready in time
 */
export async function untilReady<T>(
  server: ServerProcess,
  name: string,
  ready: () => Promise<T | undefined>,
  seconds: number,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    if (server.ended()) throw new Error(`${name} ended as it started:\n${server.output()}`);
    const answer = await ready().catch(() => undefined);
    if (answer !== undefined) return answer;
    await sleep(50);
  }
  await server.stop();
  throw new Error(`${name} was not ready after ${seconds} s:\n${server.output()}`);
}
