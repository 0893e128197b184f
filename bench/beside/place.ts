/** The servers that all contenders meet: a real Vault, a real MLflow, and in front of it a real nginx that wants the token that is in Vault. */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Front } from "@mlflow-auth/test/servers/front";
import { startMlflow } from "@mlflow-auth/test/servers/mlflow";
import { startNginx } from "@mlflow-auth/test/servers/nginx";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { startVault } from "@mlflow-auth/test/servers/vault";
import { type CountedVault, countRequests } from "./counted-vault.ts";

export interface Place {
  /** One with MLflow. */
  readonly python: string;
  /** Of the programs: empty, and no file is found from it. */
  readonly folder: string;
  readonly front: Front;
  /** As clients reach it. It is another one after {@link Place.renewVault}. */
  vault(): CountedVault;
  /** The token that nginx lets through. */
  token(): string;
  /** What mlflow-secrets-auth documents, for AppRole and a cached secret that lives as short as it can. */
  variables(): Record<string, string>;
  /** Another token, first in nginx and then in Vault. */
  rotate(): Promise<void>;
  /** A new address of the same Vault, after one that went down; nobody can join a proxy of before. */
  renewVault(): Promise<void>;
  stop(): Promise<void>;
}

export async function preparePlace(): Promise<Place> {
  const [vault, mlflow] = await Promise.all([startVault(), startMlflow()]);
  let token = randomUUID();
  const put = () => vault.request("POST", "secret/data/mlflow/auth", { data: { token } });
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await put();
  await vault.request("PUT", "sys/policies/acl/mlflow", {
    policy: 'path "secret/data/mlflow/auth" { capabilities = ["read"] }',
  });
  await vault.request("POST", "sys/auth/approle", { type: "approle" });
  await vault.request("POST", "auth/approle/role/training", { token_policies: ["mlflow"] });
  const { role_id } = (await vault.request("GET", "auth/approle/role/training/role-id")).data;
  const { secret_id } = (await vault.request("POST", "auth/approle/role/training/secret-id")).data;
  const front = await startNginx({ upstream: mlflow.uri, accepted: [`Bearer ${token}`] });
  let counted = await countRequests(vault.address);
  const { path, remove } = temporaryFolder("beside");
  for (const name of [".git", "home"]) mkdirSync(join(path, name));
  return {
    python: mlflow.python,
    folder: path,
    front,
    vault: () => counted,
    token: () => token,
    variables: () => ({
      PATH: process.env["PATH"] ?? "",
      HOME: join(path, "home"),
      DO_NOT_TRACK: "true",
      MLFLOW_TRACKING_URI: front.uri,
      MLFLOW_SECRETS_AUTH_ENABLE: "vault",
      MLFLOW_VAULT_SECRET_PATH: "secret/mlflow/auth",
      VAULT_ADDR: counted.address,
      VAULT_ROLE_ID: role_id,
      VAULT_SECRET_ID: secret_id,
    }),
    async rotate() {
      token = randomUUID();
      await front.setAccepted([`Bearer ${token}`]);
      await put();
    },
    async renewVault() {
      counted.stop();
      counted = await countRequests(vault.address);
    },
    async stop() {
      counted.stop();
      await front.stop();
      await Promise.all([vault.stop(), mlflow.stop()]);
      remove();
    },
  };
}
