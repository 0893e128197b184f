/** Azure Key Vault: a small double of the vault and of the login, for there is none to be had but Azure's own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startFakeAzure } from "@mlflow-auth/test/servers/azure-fake";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { createCredential, frontOf } from "../credential.ts";
import type { StartProvider } from "./provider.ts";

const NAME = "mlflow-auth";

export const startProvider: StartProvider = async (mode, _real, cleanUp) => {
  const credential = createCredential(mode);
  const { fields } = credential;
  const { vault, ca, way, login, stop } = await startFakeAzure();
  cleanUp.add(stop);
  vault.put(NAME, JSON.stringify(fields));
  const folder = temporaryFolder("demo-azure");
  cleanUp.add(folder.remove);
  const caFile = join(folder.path, "authority.pem");
  writeFileSync(caFile, ca);
  return {
    title: "A secret in Azure Key Vault",
    sentences: [
      `A small key vault, reached as ${vault.url} through a proxy, keeps ${NAME} (${Object.keys(fields).join(", ")}).`,
      "An application may read it, and logs in with a secret of its own.",
    ],
    server: { name: "Azure", address: way.HTTPS_PROXY },
    ...frontOf(credential),
    options: [
      `vaultUrl: ${vault.url}`,
      `secret: { name: ${NAME} }`,
      `tls: { caFile: ${JSON.stringify(caFile)} }`,
      `credential: { mode: ${mode} }`,
    ],
    settings: { ...way, ...login },
  };
};
