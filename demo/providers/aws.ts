/** AWS Secrets Manager: moto, which takes any keys, or a small double that checks each signature. */
import { startMoto } from "@mlflow-auth/test/servers/moto";
import { environmentOf, makeKeys, startFakeSecretsManager } from "@mlflow-auth/test/servers/secrets-manager-fake";
import type { CleanUp } from "../clean-up.ts";
import { createCredential, frontOf } from "../credential.ts";
import type { StartProvider } from "./provider.ts";

const NAME = "mlflow/auth";
const REGION = "eu-central-1";

export const startProvider: StartProvider = async (mode, real, cleanUp) => {
  const credential = createCredential(mode);
  const { fields } = credential;
  const keys = makeKeys();
  const endpoint = await (real ? startReal : startSmall)(JSON.stringify(fields), keys, cleanUp);
  const name = real ? "moto" : "A small Secrets Manager";
  return {
    title: "A secret in AWS Secrets Manager",
    sentences: [`${name} at ${endpoint} keeps ${NAME} (${Object.keys(fields).join(", ")}), in ${REGION}.`],
    server: { name: real ? "moto" : "AWS", address: endpoint },
    ...frontOf(credential),
    options: [
      `secret: { id: ${NAME} }`,
      `region: ${REGION}`,
      "endpoint: ${AWS_ENDPOINT}",
      `credential: { mode: ${mode} }`,
    ],
    settings: { AWS_ENDPOINT: endpoint, ...environmentOf(keys) },
  };
};

type Keys = ReturnType<typeof makeKeys>;

async function startSmall(secret: string, keys: Keys, cleanUp: CleanUp): Promise<string> {
  const fake = await startFakeSecretsManager(keys);
  cleanUp.add(fake.stop);
  fake.secret = secret;
  return fake.endpoint;
}

async function startReal(secret: string, keys: Keys, cleanUp: CleanUp): Promise<string> {
  const moto = await startMoto();
  cleanUp.add(moto.stop);
  await moto.createSecret(NAME, secret, keys.accessKeyId);
  return moto.endpoint;
}
