/** Processes of the benchmarks whose first line on stdout is the address that they serve. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { builtCommand } from "@mlflow-auth/test/built-command";
import type { CommandProject } from "./command-project.ts";

/**
 * Starts the built command in the project, and waits for its address. What it says on stderr is dropped.
 *
 * @returns the process, which the caller has to end, and the address
 * @throws Error if it ends before it has one
 */
export async function startCommand(
  { folder: cwd, env }: CommandProject,
  args: readonly string[],
): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [builtCommand, ...args], { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  return { process: child, url: await firstLine(child) };
}

/** The first line on stdout. @throws Error if the process ends before it has printed one */
export async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await Promise.race([once(lines, "line"), once(lines, "close")])) as [string?];
  if (line === undefined) throw new Error(`${child.spawnargs.join(" ")} ended`);
  return line;
}
