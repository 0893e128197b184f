/** Virtual environments of Python, and programs that run in them as a person would run them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { run } from "../../servers/installation/run.ts";
import { killAtEnd, removeAtEnd } from "../../servers/process/lifeline.ts";
import { plainEnvironment } from "../managers.ts";

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a program runs, and in which environment. */
export interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** An empty folder in which the search for the file ends. It goes with this process. */
export function emptyProject(): string {
  const folder = emptyFolder("project");
  mkdirSync(join(folder, ".git"));
  return folder;
}

/** An empty folder that goes with this process, links resolved. */
export function emptyFolder(name: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `mlflow-auth-${name}-`)));
  removeAtEnd(folder);
  return folder;
}

/**
 * A virtual environment with these packages, from a folder of our own and the public index. It has no pip of its own, which would take
 * seconds, unless that is asked for.
 *
 * @param python that makes it, and whose pip installs
 * @param wanted as `pip install` takes them
 */
export async function virtualEnvironment(
  python: string,
  links: string,
  wanted: readonly string[],
  { pip = false } = {},
): Promise<string> {
  const folder = emptyFolder("venv");
  await run(python, ["-m", "venv", ...(pip ? [] : ["--without-pip"]), folder], { env: plainEnvironment() });
  if (wanted.length > 0) await pipInstall(python, links, wanted, folder);
  return folder;
}

/**
 * @param python whose pip installs
 * @param environment its folder, where it is another's
 */
export async function pipInstall(
  python: string,
  links: string,
  wanted: readonly string[],
  environment?: string,
): Promise<void> {
  const into = environment === undefined ? [] : ["--python", join(environment, "bin", "python")];
  const options = ["--no-input", "--disable-pip-version-check", "--quiet", "--find-links", links];
  await run(python, ["-m", "pip", ...into, "install", ...options, ...wanted], { env: plainEnvironment() });
}

/** Starts a program, by its path or by a name that is looked up in `bin` of an environment first. */
export function start(environment: string, { cwd, env = {} }: Place, [program = "", ...args]: readonly string[]) {
  const path = [join(environment, "bin"), process.env["PATH"]].join(delimiter);
  const all = plainEnvironment({ PATH: path, HOME: cwd, ...env });
  const child = spawn(program, args, { cwd, env: all, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const forget = killAtEnd(child.pid as number);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (chunk) => (output[name] += chunk));
  const ended = once(child, "close").then(([code, signal]): Ended => {
    forget();
    return { code, signal, ...output };
  });
  return { child, output, ended };
}

/** The same to its end. */
export function runIn(environment: string, place: Place, ...command: readonly string[]): Promise<Ended> {
  return start(environment, place, command).ended;
}
