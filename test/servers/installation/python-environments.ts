/** The Python environments that the tests need beside the machine's own Python. */
import { join } from "node:path";
import { type Artefact, install } from "./artefact.ts";
import { environment, type Python, pythonIn, requirementsFile } from "./python.ts";
import { createLayer } from "./python-layer.ts";
import type { PythonName } from "./pythons.ts";
import { progress, run } from "./run.ts";

/** MLflow, its server and its client. */
export function mlflow(python: Python): Artefact {
  const said = "MLflow into a virtual environment (about 2 minutes)";
  return environment(python, { name: "mlflow", requirements: "mlflow/requirements.txt", said });
}

/** The client of MLflow 2. */
export function mlflow2(python: Python): Artefact {
  const said = "the client of MLflow 2 into a virtual environment (half a minute)";
  return environment(python, { name: "mlflow2", requirements: "mlflow/requirements-2.txt", said });
}

/** The newest client of MLflow that another Python than the machine's own can have. */
export function mlflowOn(name: PythonName, python: Python): Artefact {
  const said = `MLflow's client for Python ${python.version} into a virtual environment (half a minute)`;
  return environment(python, { name: `mlflow-${name}`, requirements: `mlflow/requirements-${name}.txt`, said });
}

/** A folder with what MLflow's own login needs beside MLflow. */
export function mlflowLogin(python: Python): Artefact {
  return packageFolder(python, "mlflow-login", "mlflow/requirements-login.txt");
}

/** A folder for PYTHONPATH, with packages whose own dependencies MLflow's environment has. */
function packageFolder(python: Python, name: string, file: string): Artefact {
  const requirements = requirementsFile(file);
  return {
    name,
    versionFiles: [requirements],
    versions: [process.platform, process.arch, python.version],
    build: async (folder) => {
      const options = ["--no-input", "--no-deps", "--target", folder, "--requirement", requirements];
      await run(pythonIn(await install(mlflow(python))), ["-m", "pip", "install", ...options]);
    },
  };
}

/** What runs notebooks and pools of processes, over the environment with MLflow. */
export function notebooks(python: Python): Artefact {
  const requirements = requirementsFile("notebooks/requirements.txt");
  return {
    name: "notebooks",
    versionFiles: [requirements, requirementsFile("mlflow/requirements.txt")],
    versions: [process.platform, process.arch, python.version],
    build: (folder) =>
      progress("Installing Jupyter's kernel, Ray and uv for the tests", async () => {
        await createLayer(await install(mlflow(python)), folder);
        await run(pythonIn(folder), ["-m", "pip", "install", "--no-input", "--requirement", requirements]);
      }),
  };
}

/** A folder with the plugin that this project replaces, and with Vault's client, which it needs. */
export function secretsAuth(python: Python): Artefact {
  return packageFolder(python, "secrets-auth", "notebooks/requirements-secrets-auth.txt");
}

/** What installs Python packages beside pip, and what judges them. */
export function pythonTools(python: Python): Artefact {
  const said = "uv, pipx and twine into a virtual environment";
  return environment(python, { name: "python-tools", requirements: "python-tools/requirements.txt", said });
}

/** moto, which stands for AWS. */
export function moto(python: Python): Artefact {
  const said = "moto, which stands for AWS, into a virtual environment (half a minute)";
  return environment(python, { name: "moto", requirements: "moto/requirements.txt", said });
}

/** Its server in such an environment. */
export function motoServer(folder: string): string {
  return join(folder, "bin", "moto_server");
}
