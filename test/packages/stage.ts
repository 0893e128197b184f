/** A server behind a gate, and the Vault that holds its credential. */
import { randomUUID } from "node:crypto";
import { startStub } from "@mlflow-auth/mlflow-stub";
import { startGate } from "../servers/gate.ts";
import { startFakeVault } from "../servers/vault-fake.ts";

export interface Stage {
  /** Of the server, behind its gate. */
  readonly uri: string;
  /** The credential that the gate asks for. */
  readonly credential: string;
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const credential = randomUUID();
  const [vault, stub] = await Promise.all([startFakeVault(), startStub()]);
  const gate = await startGate({ upstream: stub.uri, accepted: [`Bearer ${credential}`] });
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await vault.request("POST", "secret/data/mlflow/auth", { data: { token: credential } });
  return {
    uri: gate.uri,
    credential,
    config: `version: 1
trackingUri: ${gate.uri}
plugins:
  vault:
    address: ${vault.address}
    auth: { method: token, token: { env: VAULT_TOKEN } }
    secret: { path: mlflow/auth }
`,
    env: { VAULT_TOKEN: vault.rootToken },
    async stop() {
      await Promise.all([gate.stop(), vault.stop(), stub.close()]);
    },
  };
}
