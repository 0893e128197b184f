/** Runs the command as its users do. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { compileCache } from "@mlflow-auth/test/compile-cache";
import { limitTests } from "@mlflow-auth/test/suite";

/** Seconds: each test starts a command or two. */
limitTests(60);

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** What has come so far. */
  readonly output: { stdout: string; stderr: string };
  readonly end: Promise<Run>;
  /** The first line on stdout. */
  firstLine(): Promise<string>;
}

export interface RunOptions {
  readonly cwd: string;
  /** Beside PATH and HOME. */
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** How many files it may have open. Default: as many as the tests. */
  readonly files?: number;
}

export function start(args: readonly string[], { cwd, env = {}, input, files }: RunOptions): Running {
  const { PATH = "", HOME = "" } = process.env;
  const command = [process.execPath, builtCommand, ...args];
  const [program = "", ...rest] =
    files === undefined ? command : ["sh", "-c", `ulimit -n ${files}; exec "$@"`, "sh", ...command];
  // In a session of its own, so that whoever runs the tests in a terminal sees the same.
  const child = spawn(program, rest, {
    cwd,
    env: { PATH, HOME, ...compileCache, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output.stderr += chunk;
  });
  const end = once(child, "close").then(([code, signal]) => ({ code, signal, ...output }));
  return {
    child,
    output,
    end,
    async firstLine() {
      while (!output.stdout.includes("\n")) await Promise.race([once(child.stdout, "data"), end.then(failed)]);
      return output.stdout.slice(0, output.stdout.indexOf("\n"));
    },
  };
}

export function run(args: readonly string[], options: RunOptions): Promise<Run> {
  return start(args, options).end;
}

/** Milliseconds after which a command that should have ended is hung. */
const HUNG = 20_000;

/** The same for a command that may not end by itself: it is killed then, which shows in `signal`. */
export async function runUntil(args: readonly string[], options: RunOptions): Promise<Run> {
  const { child, end } = start(args, options);
  const timer = setTimeout(() => child.kill("SIGKILL"), HUNG);
  return await end.finally(() => clearTimeout(timer));
}

function failed({ code, stderr }: Run): never {
  throw new Error(`ended with ${code} before the first line: ${stderr}`);
}
