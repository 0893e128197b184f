/** Small programs in Python that have the modules of the bridge on their path. */
import { spawn } from "node:child_process";
import { delimiter } from "node:path";
import { mlflowPython } from "@mlflow-auth/test/servers/tools";
import * as assert from "uvu/assert";
import { pythonWheel } from "../../src/index.js";

export interface PythonOptions {
  /** The whole environment but for what leads to the modules, and PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further folders of modules. */
  readonly path?: readonly string[];
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** What it may say on stderr. Default: nothing. */
  readonly stderr?: RegExp;
}

/**
 * Runs a program to its end.
 *
 * @returns the last line of its stdout, as JSON
 */
export async function runPython<T>(program: string, options: PythonOptions = {}): Promise<T> {
  const { env = {}, path = [], args = [], cwd, stderr = /^$/ } = options;
  const child = spawn(await mlflowPython(), ["-W", "error", "-W", "ignore::ResourceWarning", "-c", program, ...args], {
    cwd,
    env: {
      PATH: process.env["PATH"],
      PYTHONPATH: [pythonWheel, ...path].join(delimiter),
      PYTHONDONTWRITEBYTECODE: "1",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (chunk) => (output[name] += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.is(code, 0, output.stderr);
  assert.ok(stderr.test(output.stderr), output.stderr);
  return JSON.parse(output.stdout.trim().split("\n").at(-1) as string) as T;
}
