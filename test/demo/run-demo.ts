/** Runs the demo as `npm run demo` does once everything is installed. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface DemoRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningDemo {
  readonly child: ChildProcess;
  readonly ended: Promise<DemoRun>;
  /** What it printed so far, once `text` is part of it. @throws Error if it ends before */
  printed(text: string): Promise<string>;
}

export function startDemo(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningDemo {
  const child = spawn(process.execPath, ["--import", "./scripts/typescript.mjs", "demo/main.ts", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const ended = new Promise<DemoRun>((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, stdout, stderr }));
  });
  const printed = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => stdout.includes(text) && resolve(stdout);
      child.stdout.on("data", look);
      ended.then(() => reject(new Error(`it ended without "${text}":\n${stdout}${stderr}`)), reject);
      look();
    });
  return { child, ended, printed };
}

export function runDemo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<DemoRun> {
  return startDemo(args, env).ended;
}

/** The folder of the demo's project, from what it printed. */
export function projectFolder(stdout: string): string {
  const [, folder] = /^ {3}(\/.*)\/mlflow-auth\.yaml$/m.exec(stdout) ?? [];
  if (folder === undefined) throw new Error(`no project in:\n${stdout}`);
  return folder;
}
