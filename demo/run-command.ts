import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as print from "./print.ts";
import type { Project } from "./project.ts";

/**
 * Runs a command in the project as a shell would, and prints it with what it prints.
 *
 * @throws Error if it can't be started, or doesn't exit with 0
 */
export async function runCommand({ folder, env }: Project, text: string, signal: AbortSignal): Promise<void> {
  print.command(text);
  const [name = "", ...args] = text.split(" ");
  const child = spawn(name, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], signal });
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", print.quote);
  const [code, killer] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once("error", reject).once("close", (...end) => resolve(end));
  });
  if (code !== 0) throw new Error(`\`${text}\` ended with ${killer ?? `exit code ${code}`}.`);
}
