/** A project as a user would have it: a folder with package.json, installed packages, mlflow-auth.yaml and two programs. */
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import type { CleanUp } from "./clean-up.ts";
import type { Mode } from "./options.ts";
import { place } from "./secret-store.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const packages = ["mlflow-auth", "@mlflow-auth/core", "@mlflow-auth/plugin-vault"];
const programs = ["mlflow-rest.mjs", "train.mjs", "train.py", "track.mjs"];

export const CONFIG = "mlflow-auth.yaml";

export interface Project {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * @param settings the variables that the file and the programs read
 * @param python the Python to have on the PATH
 */
export function createProject(
  mode: Mode,
  settings: Readonly<Record<string, string>>,
  python: string | undefined,
  cleanUp: CleanUp,
): Project {
  const { path: folder, remove } = temporaryFolder("demo");
  cleanUp.add(remove);
  for (const program of programs) copyFileSync(join(here, "clients", program), join(folder, program));
  writeFileSync(join(folder, CONFIG), configText(mode), { mode: 0o600 });
  install(folder);
  const bins = [join(folder, "node_modules", ".bin"), dirname(process.execPath)];
  if (python !== undefined) bins.push(dirname(python));
  writeFileSync(join(folder, "env.sh"), envText(bins, settings), { mode: 0o600 });
  const PATH = [...bins, process.env["PATH"]].join(":");
  return { folder, env: { ...ambient(), ...quietPython, ...settings, PATH } };
}

function configText(mode: Mode): string {
  return `version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault:
    address: \${VAULT_ADDR}
    auth: { method: approle, roleId: "\${VAULT_ROLE_ID}", secretId: { env: VAULT_SECRET_ID } }
    secret: { mount: ${place.mount}, path: ${place.path} }
    credential: { mode: ${mode} }
`;
}

/** As a package manager would, with links to the packages of this repository. */
function install(folder: string): void {
  const dependencies: Record<string, string> = {};
  for (const name of packages) {
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

/** For a shell: with --keep the user sources it. */
function envText(bins: readonly string[], settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...settings, ...quietPython }).map(([name, value]) => `export ${name}='${value}'`);
  return [...lines, `export PATH="${bins.join(":")}:$PATH"`, ""].join("\n");
}

/** The user's environment, without settings of MLflow, Vault or mlflow-auth that would lead elsewhere. */
function ambient(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !/^(MLFLOW_|VAULT_)/.test(name));
  return Object.fromEntries(entries) as Record<string, string>;
}

/** The links that Python's client prints lead through the private proxy of `exec`, which is gone when one reads them. */
const quietPython = { MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true", MLFLOW_DISABLE_TELEMETRY: "true" };
