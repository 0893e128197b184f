/** Puts a credential into an empty Vault, and lets one role read it. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RealVault } from "@mlflow-auth/test/servers/vault";
import type { Mode } from "./options.ts";

/** Where the credential is: the engine's mount, and the path below it. */
export const place = { mount: "secret", path: "mlflow/auth" };

/** A credential, as it is kept and as it is sent. */
export interface Credential {
  /** The fields of the secret in Vault. */
  readonly fields: Readonly<Record<string, string>>;
  /** The value of the Authorization header that is made of them. */
  readonly authorization: string;
}

/** Makes a credential up. It is a new one each time, so that no copy of it is worth anything. */
export function createCredential(mode: Mode): Credential {
  const secret = randomBytes(24).toString("base64url");
  if (mode === "bearer") return { fields: { token: secret }, authorization: `Bearer ${secret}` };
  const fields = { username: "trainer", password: secret };
  return { fields, authorization: `Basic ${Buffer.from(`trainer:${secret}`).toString("base64")}` };
}

/** What a program logs in to Vault with. */
export interface AppRole {
  readonly roleId: string;
  readonly secretId: string;
}

/** Writes the credential, and makes a role that may read it and do nothing else. @returns what a program logs in with as that role */
export async function seed(vault: RealVault, { fields }: Credential): Promise<AppRole> {
  const { mount, path } = place;
  await vault.request("POST", `sys/mounts/${mount}`, { type: "kv", options: { version: "2" } });
  await whenMounted(() => vault.request("POST", `${mount}/data/${path}`, { data: fields }));
  const policy = `path "${mount}/data/${path}" { capabilities = ["read"] }`;
  await vault.request("PUT", "sys/policies/acl/mlflow-reader", { policy });
  await vault.request("POST", "sys/auth/approle", { type: "approle" });
  await vault.request("POST", "auth/approle/role/trainer", { token_policies: ["mlflow-reader"], token_ttl: "20m" });
  const role = await vault.request("GET", "auth/approle/role/trainer/role-id");
  const secret = await vault.request("POST", "auth/approle/role/trainer/secret-id", {});
  return { roleId: role.data.role_id, secretId: secret.data.secret_id };
}

/** A version 2 engine that was just mounted may still be setting itself up. It says so, and the write is tried again. */
async function whenMounted(write: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await write();
      return;
    } catch (error) {
      if (attempt === 100 || !/upgrading/i.test(String(error))) throw error;
      await sleep(50);
    }
  }
}
