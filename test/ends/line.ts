/** Runs a line of a shell in a project, for what only a shell can do to a program: streams that are closed, folders that are gone. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { builtCommand } from "../built-command.ts";
import { compileCache } from "../compile-cache.ts";
import { killAtEnd } from "../servers/process/lifeline.ts";

export interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LineOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The user's number, for whom there need not be an account. HOME is not set then, unless `env` sets it. */
  readonly user?: number;
}

/** In front of a line: it runs in a folder that does not exist any more. */
export const inGoneFolder = 'mkdir "$PROJECT/gone" && cd "$PROJECT/gone" && rmdir "$PROJECT/gone";';

const registerModule = fileURLToPath(import.meta.resolve("@mlflow-auth/core/register"));

/** A frame of a stack: what no user should meet. */
export const frame = /^\s+at .*:\d+/m;

/**
 * In the line, `$PROJECT` is the folder `cwd`, `$NODE` this Node, `$MLFLOW_AUTH` and `$REGISTER` the files of the command and of
 * `register`; and `mlflow-auth` is the command.
 */
export async function runLine(line: string, { cwd, env = {}, user }: LineOptions): Promise<End> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn("bash", ["-c", `mlflow-auth() { "$NODE" "$MLFLOW_AUTH" "$@"; }; ${line}`], {
    cwd,
    env: {
      PATH,
      ...(user === undefined ? { HOME, ...compileCache } : {}),
      PROJECT: cwd,
      NODE: process.execPath,
      MLFLOW_AUTH: builtCommand,
      REGISTER: registerModule,
      ...env,
    },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  const forget = killAtEnd(child.pid as number);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const [code] = await once(child, "close");
  forget();
  return { code, stdout, stderr };
}
