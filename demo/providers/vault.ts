/** HashiCorp Vault: a credential in an empty one, and one role that may read it. */
import { type RealVault, startVault } from "@mlflow-auth/test/servers/vault";
import { startFakeVault } from "@mlflow-auth/test/servers/vault-fake";
import { createCredential, frontOf } from "../credential.ts";
import type { StartProvider } from "./provider.ts";

/** Where the credential is: the engine's mount, and the path below it. */
const place = { mount: "secret", path: "mlflow/auth" };

export const startProvider: StartProvider = async (mode, real, cleanUp) => {
  const credential = createCredential(mode);
  const { fields } = credential;
  const server = await (real ? startVault : startFakeVault)();
  cleanUp.add(() => server.stop());
  const { roleId, secretId } = await seed(server, fields);
  return {
    title: "A secret store",
    sentences: [
      `Vault at ${server.address} keeps ${place.mount}/${place.path} (${Object.keys(fields).join(", ")}).`,
      "One AppRole may read it, and nothing else.",
    ],
    server: { name: "Vault", address: server.address },
    ...frontOf(credential),
    options: [
      "address: ${VAULT_ADDR}",
      'auth: { method: approle, roleId: "${VAULT_ROLE_ID}", secretId: { env: VAULT_SECRET_ID } }',
      `secret: { mount: ${place.mount}, path: ${place.path} }`,
      `credential: { mode: ${mode} }`,
    ],
    settings: { VAULT_ADDR: server.address, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId },
  };
};

/** What a program logs in to Vault with. */
interface AppRole {
  readonly roleId: string;
  readonly secretId: string;
}

/** Writes the credential, and makes a role that may read it and do nothing else. @returns what a program logs in with as that role */
async function seed(vault: RealVault, fields: Readonly<Record<string, string>>): Promise<AppRole> {
  const { mount, path } = place;
  await vault.request("POST", `sys/mounts/${mount}`, { type: "kv", options: { version: "2" } });
  await vault.request("POST", `${mount}/data/${path}`, { data: fields });
  const policy = `path "${mount}/data/${path}" { capabilities = ["read"] }`;
  await vault.request("PUT", "sys/policies/acl/mlflow-reader", { policy });
  await vault.request("POST", "sys/auth/approle", { type: "approle" });
  await vault.request("POST", "auth/approle/role/trainer", { token_policies: ["mlflow-reader"], token_ttl: "20m" });
  const role = await vault.request("GET", "auth/approle/role/trainer/role-id");
  const secret = await vault.request("POST", "auth/approle/role/trainer/secret-id", {});
  return { roleId: role.data.role_id, secretId: secret.data.secret_id };
}
