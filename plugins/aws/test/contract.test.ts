import { type AuthSetup, canary, packageContract, providerContract } from "@mlflow-auth/core/testing";
import { environmentOf, makeKeys, startFakeSecretsManager } from "@mlflow-auth/test/servers/secrets-manager-fake";
import { suite } from "@mlflow-auth/test/suite";
import { startProvider } from "./start-provider.ts";

const test = suite("aws plugin keeps the provider contract");

async function setup(): Promise<AuthSetup> {
  const keys = makeKeys();
  const aws = await startFakeSecretsManager(keys);
  const canaries = [canary(), canary(), keys.secretAccessKey];
  aws.secret = JSON.stringify({ token: canaries[0] });
  const { provider, context } = await startProvider(aws.endpoint, {}, { env: environmentOf(keys) });
  return {
    provider,
    context,
    canaries,
    backend: {
      fetches: () => aws.asked.length,
      rotate() {
        aws.secret = JSON.stringify({ token: canaries[1] });
      },
      break() {
        for (let i = 0; i < 20; i++)
          aws.faults.push({ status: 503, type: "ServiceUnavailable", message: canaries[0] as string });
      },
      deny() {
        for (let i = 0; i < 20; i++)
          aws.faults.push({ status: 400, type: "AccessDeniedException", message: canaries[0] as string });
      },
      fix() {
        aws.faults.length = 0;
      },
    },
    async stop() {
      await context.close();
      await aws.stop();
    },
  };
}

for (const { name, run } of providerContract({ auth: setup })) test(name, run);
for (const { name, run } of packageContract(new URL("..", import.meta.url))) test(name, run);

test.run();
