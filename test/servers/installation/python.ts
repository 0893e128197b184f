import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Artefact } from "./artefact.ts";
import { progress, run, which } from "./run.ts";
import { installSystemPackages } from "./system-package.ts";

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

/** What a virtual environment holds. */
export interface Environment {
  readonly name: string;
  /** Its file of requirements, below `test/servers`. */
  readonly requirements: string;
  /** Said while it is installed: "MLflow into a virtual environment (about 2 minutes)". */
  readonly said: string;
}

/** A virtual environment with what a file of requirements lists. */
export function environment(python: Python, { name, requirements, said }: Environment): Artefact {
  const file = requirementsFile(requirements);
  return {
    name,
    versionFiles: [file],
    versions: [process.platform, process.arch, python.version],
    build: (folder) =>
      progress(`Installing ${said}`, async () => {
        await createEnvironment(python, folder);
        await run(pythonIn(folder), ["-m", "pip", "install", "--no-input", "--requirement", file]);
      }),
  };
}

/** By its path below `test/servers`. */
export function requirementsFile(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
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
export function pythonIn(folder: string): string {
  return join(folder, "bin", "python");
}
