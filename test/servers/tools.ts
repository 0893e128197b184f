/**
 * The programs that tests on real servers need: which of them are missing, where they are, and how they are installed. With CI=true
 * or MLFLOW_AUTH_INSTALL=1, missing ones are installed if that needs nobody's help. What takes long is kept in a cache folder (see
 * `cacheFolder`).
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Artefact, artefactPath, install } from "./installation/artefact.ts";
import { type NodeName, nodeBinary as nodeIn, node as nodeOf, nodeVersions } from "./installation/node.ts";
import { findPython, type Python, pythonIn } from "./installation/python.ts";
import {
  mlflow,
  mlflow2,
  mlflowLogin,
  mlflowOn,
  moto,
  motoServer,
  notebooks,
  pythonTools,
  secretsAuth,
} from "./installation/python-environments.ts";
import { findPythonVersion, type PythonName, pythonVersions } from "./installation/pythons.ts";
import { which } from "./installation/run.ts";
import { installSystemPackages } from "./installation/system-package.ts";
import { undici, undiciFolder as undiciIn } from "./installation/undici.ts";
import { vaultBinary as binaryIn, vault } from "./installation/vault.ts";

/** A program, or a set of packages, that some test needs. */
export type Tool =
  | "python"
  | "mlflow"
  | "mlflow2"
  | "mlflow-python3.9"
  | "mlflow-python3.13"
  | "mlflow-login"
  | "notebooks"
  | "secrets-auth"
  | "nginx"
  | "vault"
  | "moto"
  | "curl"
  | "zsh"
  | "fish"
  | "chromium"
  | "undici"
  | "python-tools"
  | PythonName
  | NodeName;

const installs = process.env["CI"] === "true" || process.env["MLFLOW_AUTH_INSTALL"] === "1";
const HOW = "run it again with MLFLOW_AUTH_INSTALL=1";

/**
 * Says which of the named tools are missing here, after it has installed what it can.
 *
 * @returns a sentence for each missing tool, which says how to get it; undefined if all are there. Give it to `suite`.
 */
export async function missing(...tools: Tool[]): Promise<string | undefined> {
  const sentences: string[] = [];
  for (const tool of new Set(tools)) {
    const sentence = await checks[tool]();
    if (sentence !== undefined) sentences.push(sentence);
  }
  return sentences.length === 0 ? undefined : sentences.join(" ");
}

const checks: Record<Tool, () => Promise<string | undefined>> = {
  python: async () => ((await python()) ? undefined : noPython),
  mlflow: () => inPython(mlflow, `MLflow is not installed: ${HOW} (it takes 2 minutes).`),
  mlflow2: () => inPython(mlflow2, `The client of MLflow 2 is not installed: ${HOW} (half a minute).`),
  "mlflow-python3.9": () => mlflowForOther("python3.9"),
  "mlflow-python3.13": () => mlflowForOther("python3.13"),
  "mlflow-login": () => inPython(mlflowLogin, `What MLflow's login needs is not installed: ${HOW} (seconds).`),
  notebooks: () => inPython(notebooks, `Jupyter's kernel, Ray and uv are not installed: ${HOW} (half a minute).`),
  "secrets-auth": () => inPython(secretsAuth, `mlflow-secrets-auth is not installed: ${HOW} (seconds).`),
  moto: () => inPython(moto, `moto is not installed: ${HOW} (half a minute).`),
  "python-tools": () => inPython(pythonTools, `uv, pipx and twine are not installed: ${HOW} (seconds).`),
  "python3.9": () => otherPython("python3.9"),
  "python3.11": () => otherPython("python3.11"),
  "python3.13": () => otherPython("python3.13"),
  vault: () => artefact(vault, `Vault is not built: ${HOW} (it takes 5 minutes). ${vault.needs}.`),
  nginx: () =>
    systemTool("nginx", "nginx-light", "nginx is not installed: apt-get install nginx-light, or brew install nginx."),
  zsh: () => systemTool("zsh", "zsh", "zsh is not installed: apt-get install zsh, or brew install zsh."),
  fish: () => systemTool("fish", "fish", "fish is not installed: apt-get install fish, or brew install fish."),
  curl: () => systemTool("curl", "curl", "curl is not installed: apt-get install curl, or brew install curl."),
  chromium: () =>
    systemTool(
      "chromium",
      "chromium",
      "chromium is not installed: apt-get install chromium, or brew install chromium.",
    ),
  undici: () => artefact(undici, `undici 6 and 7 are not installed: ${HOW} (it takes seconds).`),
  node20: () => nodeTool("node20"),
  node22: () => nodeTool("node22"),
  node26: () => nodeTool("node26"),
};

/** Everything that some test needs. */
export const allTools = Object.keys(checks) as readonly Tool[];

const noPython = "Python 3.10 or newer is not installed: apt-get install python3 python3-venv, or https://python.org.";

async function python() {
  return (
    (await findPython()) ??
    (installs && (await installSystemPackages("python3", "python3-venv")) ? findPython() : undefined)
  );
}

async function inPython(wanted: (python: Python) => Artefact, sentence: string): Promise<string | undefined> {
  const found = await python();
  return found ? artefact(wanted(found), sentence) : noPython;
}

function nodeTool(name: NodeName) {
  return artefact(nodeOf(name), `Node ${nodeVersions[name]} is not installed: ${HOW} (it takes half a minute).`);
}

async function mlflowForOther(name: PythonName) {
  const path = await findPythonVersion(name);
  if (path === undefined) return otherPython(name);
  const wanted = mlflowOn(name, { path, version: pythonVersions[name] });
  return artefact(
    wanted,
    `MLflow's client for Python ${pythonVersions[name]} is not installed: ${HOW} (half a minute).`,
  );
}

async function otherPython(name: PythonName) {
  if ((await findPythonVersion(name)) !== undefined) return undefined;
  const version = pythonVersions[name];
  return `Python ${version} is not installed: pyenv install ${version}, or uv python install ${version}.`;
}

async function artefact(wanted: Artefact, sentence: string): Promise<string | undefined> {
  if (existsSync(artefactPath(wanted))) return undefined;
  if (!installs) return sentence;
  try {
    await install(wanted);
    return undefined;
  } catch (error) {
    return `${wanted.name} could not be installed: ${(error as Error).message}`;
  }
}

async function systemTool(command: string, packageName: string, sentence: string): Promise<string | undefined> {
  if (which(command) !== undefined) return undefined;
  if (installs && (await installSystemPackages(packageName)) && which(command) !== undefined) return undefined;
  return sentence;
}

/** The path of the real Vault server. @throws Error if it is not built; ask `missing("vault")` first. */
export function vaultBinary(): string {
  return present(binaryIn(artefactPath(vault)));
}

/** The path of the Python that has MLflow. @throws Error if it is not installed; ask `missing("mlflow")` first. */
export function mlflowPython(): Promise<string> {
  return pythonWith(mlflow);
}

/** The path of the Python that has the client of MLflow 2. @throws Error if it is not installed; ask `missing("mlflow2")` first. */
export function mlflow2Python(): Promise<string> {
  return pythonWith(mlflow2);
}

/** The path of another Python, with MLflow's client. @throws Error if it is not installed; ask `missing` first. */
export async function mlflowPythonOf(name: PythonName): Promise<string> {
  return present(pythonIn(artefactPath(mlflowOn(name, { path: name, version: pythonVersions[name] }))));
}

/** The path of the Python that has MLflow, Jupyter's kernel, Ray and uv. @throws Error if it is not installed; ask `missing("notebooks")` first. */
export function notebooksPython(): Promise<string> {
  return pythonWith(notebooks);
}

/** The folder for PYTHONPATH with mlflow-secrets-auth. @throws Error if it is not there; ask `missing("secrets-auth")` first. */
export function secretsAuthFolder(): Promise<string> {
  return folderOf(secretsAuth);
}

/** The folder for the PYTHONPATH of a server with MLflow's own login. @throws Error if it is not there; ask `missing("mlflow-login")` first. */
export function mlflowLoginFolder(): Promise<string> {
  return folderOf(mlflowLogin);
}

/** The path of moto's server. @throws Error if it is not installed; ask `missing("moto")` first. */
export async function motoBinary(): Promise<string> {
  return present(motoServer(await folderOf(moto)));
}

/** The path of the Python that has moto, and with it botocore. @throws Error if it is not installed; ask `missing("moto")` first. */
export function motoPython(): Promise<string> {
  return pythonWith(moto);
}

/** The path of uv, pipx or twine. @throws Error if they are not installed; ask `missing("python-tools")` first. */
export async function pythonTool(name: "uv" | "pipx" | "twine"): Promise<string> {
  return join(dirname(await pythonWith(pythonTools)), name);
}

/** The path of another Python than the first of the machine. @throws Error if it is not there; ask `missing` first. */
export async function pythonBinary(name: PythonName): Promise<string> {
  return present((await findPythonVersion(name)) ?? name);
}

async function pythonWith(environment: (python: Python) => Artefact): Promise<string> {
  return present(pythonIn(await folderOf(environment)));
}

async function folderOf(wanted: (python: Python) => Artefact): Promise<string> {
  const found = await findPython();
  if (found === undefined) throw new Error(noPython);
  return present(artefactPath(wanted(found)));
}

/** The path of another Node than the one that runs the tests. @throws Error if it is not there; ask `missing` first. */
export function nodeBinary(name: NodeName): string {
  return present(nodeIn(artefactPath(nodeOf(name))));
}

/** The folder of an older undici. @throws Error if it is not there; ask `missing("undici")` first. */
export function undiciFolder(name: "undici-6" | "undici-7"): string {
  return present(undiciIn(artefactPath(undici), name));
}

/** The path of nginx, curl or Chromium. @throws Error if it is not installed; ask `missing` first. */
export function systemBinary(command: "nginx" | "curl" | "chromium"): string {
  return present(which(command) ?? command);
}

function present(path: string): string {
  if (!existsSync(path)) throw new Error(`${path} is missing: ${HOW}.`);
  return path;
}
