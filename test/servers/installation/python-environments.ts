/** The Python environments that the tests need beside the machine's own Python. */
import { join } from "node:path";
import { type Artefact, install } from "./artefact.ts";
import { environment, type Python, pythonIn, requirementsFile } from "./python.ts";
import { run } from "./run.ts";

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

/** A folder with what MLflow's own login needs beside MLflow. */
export function mlflowLogin(python: Python): Artefact {
  const requirements = requirementsFile("mlflow/requirements-login.txt");
  return {
    name: "mlflow-login",
    versionFiles: [requirements],
    versions: [process.platform, process.arch, python.version],
    build: async (folder) => {
      const options = ["--no-input", "--no-deps", "--target", folder, "--requirement", requirements];
      await run(pythonIn(await install(mlflow(python))), ["-m", "pip", "install", ...options]);
    },
  };
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
