/** A virtual environment as `pip install mlflow-auth[…]` leaves it, over one that has MLflow and more: nothing is fetched for it. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
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
  const links = await distributions();
  const wanted = ["mlflow_auth", ...plugins.map((name) => `mlflow_auth_${name}`)];
  const wheels = readdirSync(links)
    .filter((name) => name.endsWith(".whl") && wanted.some((one) => name.startsWith(`${one}-`)))
    .map((name) => join(links, name));
  const options = ["--no-index", "--no-deps", "--no-compile", "--quiet", "--disable-pip-version-check"];
  await run(base, ["-m", "pip", "--python", python, "install", ...options, ...wheels]);
  return python;
}
