/** A project to run the built command in: a folder of its own, with Vault's plugin and a Vault that answers. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { vaultSetup } from "./vault-setup.ts";

/** A folder that the command runs in. */
export interface CommandProject {
  readonly folder: string;
  /** The whole environment for the command. Of this process's own, it has only PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes the folder, and stops its Vault. */
  remove(): Promise<void>;
}

/** Makes a project. @param trackingUri the one server of its file */
export async function createCommandProject(trackingUri: string): Promise<CommandProject> {
  const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-bench-"));
  const setup = await vaultSetup(trackingUri);
  const { plugins } = setup.options.config as { plugins: { vault: object } };
  const scope = join(folder, "node_modules", "@mlflow-auth");
  mkdirSync(scope, { recursive: true });
  symlinkSync(
    dirname(fileURLToPath(import.meta.resolve("@mlflow-auth/plugin-vault/package.json"))),
    join(scope, "plugin-vault"),
  );
  const manifest = { name: "benchmark", dependencies: { "@mlflow-auth/plugin-vault": "1.0.0" } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const config = { version: 1, trackingUri, plugins: { vault: plugins.vault } };
  writeFileSync(join(folder, "mlflow-auth.json"), JSON.stringify(config));
  const { PATH = "", HOME = "" } = process.env;
  return {
    folder,
    env: { PATH, HOME, ...setup.options.env, MLFLOW_AUTH_CONFIG: join(folder, "mlflow-auth.json") },
    async remove() {
      await setup.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
