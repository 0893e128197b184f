/** A server behind a front, and the Vault that holds its credential. */
import { randomUUID } from "node:crypto";
import { startStub } from "@mlflow-auth/mlflow-stub";
import { startFront } from "../servers/node-front.ts";
import { startFakeVault } from "../servers/vault-fake.ts";

export interface Stage {
  /** Of the server, behind its front. */
  readonly uri: string;
  /** The credential that the front asks for. */
  readonly credential: string;
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const credential = randomUUID();
  const [vault, stub] = await Promise.all([startFakeVault(), startStub()]);
  const front = await startFront({ upstream: stub.uri, accepted: [`Bearer ${credential}`] });
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await vault.request("POST", "secret/data/mlflow/auth", { data: { token: credential } });
  return {
    uri: front.uri,
    credential,
    config: `version: 1
trackingUri: ${front.uri}
plugins:
  vault:
    address: ${vault.address}
    auth: { method: token, token: { env: VAULT_TOKEN } }
    secret: { path: mlflow/auth }
`,
    env: { VAULT_TOKEN: vault.rootToken },
    async stop() {
      await Promise.all([front.stop(), vault.stop(), stub.close()]);
    },
  };
}
