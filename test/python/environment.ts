/** A virtual environment as `pip install mlflow-auth[…]` leaves it, from the wheels of this checkout. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../servers/installation/run.ts";
import { createLayer } from "../servers/installation/python-layer.ts";
import { pythonIn } from "../servers/installation/python.ts";
import { temporaryFolder } from "../servers/process/temporary-folder.ts";

export interface PipEnvironment {
  readonly folder: string;
  readonly python: string;
  remove(): void;
}

/** The Node that the wheels run with here, in place of the 60 MB that pip would fetch. */
export const ownNode = { MLFLOW_AUTH_NODE: process.execPath };

/**
 * @param base the Python of an environment with all that programs need; it is not changed
 * @param plugins by the names of their extras
 */
export async function createPipEnvironment(base: string, plugins: readonly string[]): Promise<PipEnvironment> {
  const { path: folder, remove } = temporaryFolder("pip");
  const environment = join(folder, "environment");
  const wheels = join("/tmp/notebooks", "wheels");
  await createLayer(dirname(dirname(base)), environment, ["--without-pip"]);
  const wanted = ["mlflow_auth", ...plugins.map((name) => `mlflow_auth_${name}`)];
  const files = readdirSync(wheels).filter((name) => wanted.some((one) => name.startsWith(`${one}-`) && name.endsWith(".whl")));
  const python = pythonIn(environment);
  const options = ["--no-index", "--no-deps", "--no-compile", "--quiet"];
  await run(base, ["-m", "pip", "--python", python, "install", ...options, ...files.map((name) => join(wheels, name))]);
  return { folder: environment, python, remove };
}
