/** HashiCorp Vault with a token, and KV 2 at `secret`. */
import { type RealVault, startVault } from "../../servers/vault.ts";
import { startFakeVault } from "../../servers/vault-fake.ts";
import { startFaultyFront } from "../faulty-front.ts";
import type { Held, StartStore } from "../store.ts";

const PLACE = "secret/data/mlflow/auth";

/** The one that can fail. */
export const startVaultStore: StartStore = async (watch) => {
  const vault = await startFakeVault();
  const token = watch.add("Vault's token", await prepare(vault));
  const front = await startFaultyFront(vault.address);
  return {
    options: { address: front.address, secret: { path: "mlflow/auth" } },
    env: { VAULT_TOKEN: token },
    hold: (secret) => hold(vault, secret),
    async fail(fault) {
      if (fault === "denied") Object.assign(vault.faults, { status: 403, only: /^secret\// });
      else if (fault === "missing") await vault.request("DELETE", "secret/metadata/mlflow/auth");
      else if (fault === "throttled") vault.faults.status = 429;
      else if (fault === "expired") vault.revoke(token);
      else front.fault = fault;
    },
    async stop() {
      await front.stop();
      await vault.stop();
    },
  };
};

/** HashiCorp's own. */
export const startRealVaultStore: StartStore = async (watch) => {
  const vault = await startVault();
  return {
    options: { address: vault.address, secret: { path: "mlflow/auth" } },
    env: { VAULT_TOKEN: watch.add("Vault's token", await prepare(vault)) },
    hold: (secret) => hold(vault, secret),
    fail: async () => undefined,
    stop: vault.stop,
  };
};

async function prepare(vault: RealVault): Promise<string> {
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  const policy = `path "${PLACE}" { capabilities = ["read"] }`;
  await vault.request("PUT", "sys/policies/acl/mlflow", { policy });
  return (await vault.request("POST", "auth/token/create", { policies: ["mlflow"] })).auth.client_token;
}

/** Vault holds fields: a text is the only one. */
async function hold(vault: RealVault, secret: Held): Promise<void> {
  const data = typeof secret === "string" ? { value: secret } : secret;
  await vault.request("POST", PLACE, { data });
}
