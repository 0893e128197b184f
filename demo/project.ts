/** A project as a user would have it, with package.json, installed packages, mlflow-auth.yaml and programs; and the commands in it. */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import type { CleanUp } from "./clean-up.ts";
import * as print from "./print.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const packages = ["mlflow-auth", "@mlflow-auth/core"];
const programs = ["mlflow-rest.mjs", "train.mjs", "train.py", "track.mjs", "tune.py"];

/** The name of the file, in the project's folder. */
export const CONFIG = "mlflow-auth.yaml";

/** A project that programs can be run in. */
export interface Project {
  readonly folder: string;
  /** The whole environment of its programs. */
  readonly env: Readonly<Record<string, string>>;
}

/** What differs from project to project. */
export interface ProjectOptions {
  /** The plugin that it has. */
  readonly plugin: string;
  /** Its options, as lines of YAML. */
  readonly options: readonly string[];
  /** The variables that the file and the programs read. */
  readonly settings: Readonly<Record<string, string>>;
  /** The Python to have on the PATH, if any. */
  readonly python: string | undefined;
}

/** Makes a project in a temporary folder, which the clean-up removes. */
export function createProject({ plugin, options, settings, python }: ProjectOptions, cleanUp: CleanUp): Project {
  const { path: folder, remove } = temporaryFolder("demo");
  cleanUp.add(remove);
  for (const program of programs) copyFileSync(join(here, "clients", program), join(folder, program));
  writeFileSync(join(folder, CONFIG), configText(plugin, options), { mode: 0o600 });
  install(folder, [...packages, `@mlflow-auth/plugin-${plugin}`]);
  const bins = [join(folder, "node_modules", ".bin"), dirname(process.execPath)];
  if (python !== undefined) bins.push(dirname(python));
  writeFileSync(join(folder, "env.sh"), envText(bins, settings), { mode: 0o600 });
  const PATH = [...bins, process.env["PATH"]].join(":");
  return { folder, env: { ...ambient(), ...quietPython, ...settings, PATH } };
}

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

function configText(plugin: string, options: readonly string[]): string {
  return `version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  ${plugin}:
${options.map((line) => `    ${line}\n`).join("")}`;
}

/** Installs as a package manager would, but with links to the packages of this repository. */
function install(folder: string, names: readonly string[]): void {
  const dependencies: Record<string, string> = {};
  for (const name of names) {
    const from = join(here, "node_modules", name);
    const to = join(folder, "node_modules", name);
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(from, to);
    dependencies[name] = JSON.parse(readFileSync(join(from, "package.json"), "utf8")).version;
  }
  mkdirSync(join(folder, "node_modules", ".bin"));
  symlinkSync("../mlflow-auth/bin/mlflow-auth.js", join(folder, "node_modules", ".bin", "mlflow-auth"));
  const manifest = { name: "demo-project", private: true, type: "module", dependencies };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** What a shell reads to have the same environment: with --keep, the user does that. */
function envText(bins: readonly string[], settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...settings, ...quietPython }).map(([name, value]) => `export ${name}='${value}'`);
  return [...lines, `export PATH="${bins.join(":")}:$PATH"`, ""].join("\n");
}

/** The user's environment, without settings of MLflow, mlflow-auth or a provider that would lead somewhere else. */
function ambient(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(MLFLOW|VAULT|AWS|AZURE|DESCOPE|HOKUSAI|DD)_/.test(name),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Python's client prints a link for each run as it ends; `exec` prints them all at its end. */
const quietPython = { MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true", MLFLOW_DISABLE_TELEMETRY: "true" };
