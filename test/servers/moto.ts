import { randomBytes } from "node:crypto";
import { onFreePort } from "./process/free-port.ts";
import { startProcess, untilReady } from "./process/server-process.ts";
import { motoBinary } from "./tools.ts";

/** A running moto: AWS Secrets Manager and STS in memory, which accept any key. */
export interface Moto {
  /** Of all its services, for example `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  /** @param accessKeyId of whoever asks: any will do */
  createSecret(name: string, text: string, accessKeyId: string): Promise<void>;
  /** A new version of one that is there. */
  putSecret(name: string, text: string, accessKeyId: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts moto with nothing in it. */
export async function startMoto(): Promise<Moto> {
  const command = await motoBinary();
  return onFreePort(async (port) => {
    const endpoint = `http://127.0.0.1:${port}`;
    const server = startProcess({ command, args: ["-H", "127.0.0.1", "-p", String(port)] });
    try {
      await untilReady(server, "moto", async () => ((await fetch(`${endpoint}/moto-api/`)).ok ? true : undefined), 60);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return {
      endpoint,
      createSecret: (name, text, accessKeyId) =>
        ask(endpoint, "CreateSecret", { Name: name, SecretString: text }, accessKeyId),
      putSecret: (name, text, accessKeyId) =>
        ask(endpoint, "PutSecretValue", { SecretId: name, SecretString: text }, accessKeyId),
      stop: server.stop,
    };
  });
}

async function ask(endpoint: string, call: string, body: object, accessKeyId: string): Promise<void> {
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": `secretsmanager.${call}`,
    Authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/eu-central-1/secretsmanager/aws4_request`,
  };
  const ClientRequestToken = randomBytes(16).toString("hex");
  const sent = JSON.stringify({ ...body, ClientRequestToken });
  const answer = await fetch(endpoint, { method: "POST", headers, body: sent });
  if (!answer.ok) throw new Error(`moto did not take the secret: ${answer.status} ${await answer.text()}`);
}
