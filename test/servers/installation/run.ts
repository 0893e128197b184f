import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Package managers put servers here, and an ordinary user's PATH does not look here. */
const ELSEWHERE = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/local/go/bin", "/opt/homebrew/bin"];

/** The path of an installed command; undefined if there is none. */
export function which(command: string): string | undefined {
  for (const folder of [...(process.env["PATH"] ?? "").split(delimiter), ...ELSEWHERE]) {
    const path = join(folder, command);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return undefined;
}

/** Where and how long a command may run. */
export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Runs a command to its end and returns its standard output.
 *
 * @throws Error with the end of what it printed, if it fails
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (errors += chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code === 0) return output;
  const end = `${output}${errors}`.trim().split("\n").slice(-15).join("\n");
  throw new Error(`${[command, ...args].join(" ")} failed with ${code}:\n${end}`);
}

/** Says on standard error what takes long, and at its end how long it took, so that nobody thinks it hangs. */
export async function progress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  process.stderr.write(`${what} …\n`);
  const result = await work();
  process.stderr.write(`${what}: done in ${Math.round((performance.now() - started) / 1000)} s\n`);
  return result;
}
