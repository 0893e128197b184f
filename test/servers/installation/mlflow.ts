import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Artefact, install } from "./artefact.ts";
import { progress, run, which } from "./run.ts";
import { installSystemPackages } from "./system-package.ts";

const requirements = fileURLToPath(new URL("../mlflow/requirements.txt", import.meta.url));
const requirements2 = fileURLToPath(new URL("../mlflow/requirements-2.txt", import.meta.url));
const requirementsLogin = fileURLToPath(new URL("../mlflow/requirements-login.txt", import.meta.url));

/** A Python of the machine. */
export interface Python {
  readonly path: string;
  readonly version: string;
}

/** The first Python of the machine that MLflow runs on. */
export async function findPython(): Promise<Python | undefined> {
  for (const name of [process.env["PYTHON"], "python3", "python"]) {
    const path = name && which(name);
    if (!path) continue;
    const version = await run(path, ["-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"]).catch(() => "");
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major === 3 && minor >= 10) return { path, version: version.trim() };
  }
  return undefined;
}

/** A virtual environment with the MLflow of `test/servers/mlflow/requirements.txt`. */
export function mlflow(python: Python): Artefact {
  return {
    name: "mlflow",
    versionFiles: [requirements],
    versions: [process.platform, process.arch, python.version],
    build: (folder) =>
      progress("Installing MLflow into a virtual environment (about 2 minutes)", () =>
        installEnvironment(python, folder, requirements),
      ),
  };
}

/** A virtual environment with the client of MLflow 2, as in `test/servers/mlflow/requirements-2.txt`. */
export function mlflow2(python: Python): Artefact {
  return {
    name: "mlflow2",
    versionFiles: [requirements2],
    versions: [process.platform, process.arch, python.version],
    build: (folder) =>
      progress("Installing the client of MLflow 2 into a virtual environment (half a minute)", () =>
        installEnvironment(python, folder, requirements2),
      ),
  };
}

/** A folder with what MLflow's own login needs beside MLflow: the packages of `test/servers/mlflow/requirements-login.txt`. */
export function mlflowLogin(python: Python): Artefact {
  return {
    name: "mlflow-login",
    versionFiles: [requirementsLogin],
    versions: [process.platform, process.arch, python.version],
    build: async (folder) => {
      const options = ["--no-input", "--no-deps", "--target", folder, "--requirement", requirementsLogin];
      await run(mlflowPython(await install(mlflow(python))), ["-m", "pip", "install", ...options]);
    },
  };
}

/** A new virtual environment in `folder`, with what a file of requirements lists. */
export async function installEnvironment(python: Python, folder: string, wanted: string): Promise<void> {
  await createEnvironment(python, folder);
  await run(mlflowPython(folder), ["-m", "pip", "install", "--no-input", "--requirement", wanted]);
}

/** On Debian the first attempt may fail, for venv is a package of its own there. */
async function createEnvironment(python: Python, folder: string): Promise<void> {
  const create = () => run(python.path, ["-m", "venv", "--clear", folder]);
  try {
    await create();
  } catch (error) {
    if (!(await installSystemPackages("python3-venv"))) throw error;
    await create();
  }
}

/** The Python in such an environment. */
export function mlflowPython(folder: string): string {
  return join(folder, "bin", "python");
}
