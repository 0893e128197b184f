/** Uses an installed mlflow-auth as a person would. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { killAtEnd } from "../servers/process/lifeline.ts";
import { plainEnvironment } from "./managers.ts";

export interface Used {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Use {
  readonly folder: string;
  /** What precedes the program, as `npx`; nothing for what the project itself has on its path, as scripts of package.json do. */
  readonly execute: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program in a project to its end. */
export async function use(project: Use, ...args: string[]): Promise<Used> {
  const { output, ended } = begin(project, args);
  const code = await ended;
  return { code, ...output };
}

/** Starts `mlflow-auth proxy`, hands its address to `body` and stops it. */
export async function withProxy(project: Use, body: (url: string) => Promise<void>): Promise<void> {
  const { child, output, ended } = begin(project, ["mlflow-auth", "proxy", "--port", "0"]);
  try {
    while (!output.stdout.includes("\n")) {
      const failed = ended.then(() => Promise.reject(new Error(`the proxy ended: ${output.stderr}`)));
      await Promise.race([once(child.stdout, "data"), failed]);
    }
    await body(output.stdout.trim());
  } finally {
    // The whole group: package managers pass signals on in ways of their own.
    process.kill(-(child.pid as number), "SIGTERM");
    await ended;
  }
}

function begin({ folder, execute, env = {} }: Use, args: readonly string[]) {
  const path = [join(folder, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
  const [command = "", ...rest] = [...execute, ...args];
  const child = spawn(command, rest, {
    cwd: folder,
    env: plainEnvironment({ PATH: path, ...env }),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const forget = killAtEnd(child.pid as number);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (chunk) => (output[name] += chunk));
  const ended = once(child, "close").then(([code]) => {
    forget();
    return code as number | null;
  });
  return { child, output, ended };
}
