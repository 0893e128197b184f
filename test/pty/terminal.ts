/** A pseudo-terminal, made by Python's standard library: what a person would see and type. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { findPython } from "../servers/installation/python.ts";

export interface Session {
  /** The exit code; negative: the number of the signal that ended it. */
  readonly code: number;
  /** All that was ever shown, without control sequences. */
  readonly screen: string;
  readonly raw: string;
}

/** What has to appear, and what is typed then. */
export type Step = readonly [appears: string, typed: string];

export const ENTER = "\r";
export const SPACE = " ";
export const DOWN = "\x1b[B";
export const CTRL_C = "\x03";
export const CTRL_D = "\x04";
export const TAB = "\t";
/** Empties the line. */
export const CTRL_U = "\x15";

export interface SessionOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  /** Beside PATH, HOME and TERM. */
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** How wide the terminal says it is. Default 120. */
  readonly columns?: number;
}

/** Runs a program to its end in a terminal. @throws Error if something that it waits for never appears */
export async function inTerminal({ command, cwd, env = {}, steps, columns = 120 }: SessionOptions): Promise<Session> {
  const python = await findPython();
  if (python === undefined) throw new Error('Python is missing: ask `missing("python")` first.');
  const { PATH = "", HOME = "" } = process.env;
  const driver = spawn(python.path, [fileURLToPath(new URL("drive.py", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  driver.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const job = { command, cwd, env: { PATH, HOME, TERM: "xterm-256color", LC_ALL: "C.UTF-8", ...env }, steps, columns };
  driver.stdin.end(JSON.stringify(job));
  await once(driver, "close");
  const { waiting, ...session } = JSON.parse(output) as Session & { waiting: string | null };
  if (waiting !== null) throw new Error(`\`${waiting}\` never appeared:\n${session.screen}`);
  return session;
}
