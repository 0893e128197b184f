/** The ways to use mlflow-auth, each from a program's start to its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { builtCommand } from "../built-command.ts";
import { compileCache } from "../compile-cache.ts";
import { killAtEnd } from "../servers/process/lifeline.ts";

/** How a program ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether a process that it started runs on. */
  readonly leftBehind: boolean;
}

export interface Start {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Running {
  readonly child: ChildProcess;
  /** All of stdout so far. */
  stdout(): string;
  /** Waits until stdout has this. @throws Error if the program ends before */
  says(text: string): Promise<void>;
  readonly end: Promise<End>;
}

export const registerModule = fileURLToPath(import.meta.resolve("@mlflow-auth/core/register"));
export const library = import.meta.resolve("@mlflow-auth/core");
export const command = builtCommand;

/** Starts Node in a process group of its own. */
export function start(options: Start): Running {
  return startProgram(process.execPath, options);
}

/** The same for another program. */
export function startProgram(program: string, { args, cwd, env = {} }: Start): Running {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { PATH, HOME, ...compileCache, ...env },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const group = child.pid as number;
  const forget = killAtEnd(group);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  // Not `close`: what it leaves behind may hold its pipes.
  const end = once(child, "exit").then(async ([code, signal]): Promise<End> => {
    // What got the same signal may need a moment more.
    for (let tries = 0; tries < 150 && isAlive(group); tries++) await sleep(20);
    const leftBehind = isAlive(group);
    if (leftBehind) process.kill(-group, "SIGKILL");
    else forget();
    if (!(child.stdout.destroyed && child.stderr.destroyed)) await once(child, "close");
    return { code, signal, stdout, stderr, leftBehind };
  });
  return {
    child,
    stdout: () => stdout,
    end,
    async says(text) {
      while (!stdout.includes(text)) {
        const ended = await Promise.race([once(child.stdout, "data").then(() => undefined), end]);
        if (ended !== undefined && !stdout.includes(text)) throw new Error(`ended with ${ended.code}: ${ended.stderr}`);
      }
    },
  };
}

function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
