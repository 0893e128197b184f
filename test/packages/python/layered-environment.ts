/** A virtual environment as `pip install mlflow-auth[…]` leaves it, over one that has MLflow and more: nothing is fetched for it. */
import { dirname } from "node:path";
import { pythonIn } from "../../servers/installation/python.ts";
import { createLayer } from "../../servers/installation/python-layer.ts";
import { run } from "../../servers/installation/run.ts";
import { distributions } from "./distributions.ts";
import { emptyFolder } from "./environment.ts";

/** The Node that the wheels run with here, in place of the 60 MB that pip would fetch. */
export const ownNode = { MLFLOW_AUTH_NODE: process.execPath };

/**
 * @param base the Python of an environment with all that programs need; it is not changed
 * @param plugins by the names of their extras
 * @returns the path of its Python; it goes with this process
 */
export async function layeredEnvironment(base: string, plugins: readonly string[]): Promise<string> {
  const folder = emptyFolder("layer");
  const python = pythonIn(folder);
  await createLayer(dirname(dirname(base)), folder, ["--without-pip"]);
  // By name, as a person would: what is given by its path is frozen with that path.
  const wanted = ["mlflow-auth", ...plugins.map((name) => `mlflow-auth-${name}`)];
  await pipInstallOurs(base, python, wanted);
  return python;
}

/**
 * Installs packages of ours and nothing that they need.
 *
 * @param base the Python whose pip does it
 * @param wanted as `pip install` takes them
 */
export async function pipInstallOurs(base: string, python: string, wanted: readonly string[]): Promise<void> {
  const options = ["--no-index", "--find-links", await distributions(), "--no-deps", "--no-compile", "--quiet"];
  const pip = ["-m", "pip", "--python", python, "--disable-pip-version-check"];
  await run(base, [...pip, "install", ...options, ...wanted]);
}
