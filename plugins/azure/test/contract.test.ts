import { type AuthSetup, canary, packageContract, providerContract } from "@mlflow-auth/core/testing";
import { refusal, startFakeAzure } from "@mlflow-auth/test/servers/azure-fake";
import { suite } from "@mlflow-auth/test/suite";
import { startProvider } from "./start-provider.ts";

const test = suite("azure plugin keeps the provider contract", { timeout: 60 });

/** By the variables that the Azure SDKs know. */
async function setup(): Promise<AuthSetup> {
  const azure = await startFakeAzure();
  const { vault, entra } = azure;
  const canaries = [canary(), canary(), entra.secret] as const;
  vault.put("mlflow-auth", JSON.stringify({ token: canaries[0] }));
  const { provider, context } = await startProvider(azure, { auth: { method: "default" } }, { env: azure.login });
  return {
    provider,
    context,
    canaries,
    backend: {
      fetches: () => vault.asked.length,
      rotate: () => void vault.put("mlflow-auth", JSON.stringify({ token: canaries[1] })),
      break() {
        for (let i = 0; i < 20; i++) vault.faults.push(refusal(503, "ServiceUnavailable", canaries[0]));
      },
      deny() {
        for (let i = 0; i < 20; i++) vault.faults.push(refusal(403, "Forbidden", canaries[0]));
      },
      fix() {
        vault.faults.length = 0;
      },
    },
    async stop() {
      await context.close();
      await azure.stop();
    },
  };
}

for (const { name, run } of providerContract({ auth: setup })) test(name, run);
for (const { name, run } of packageContract(new URL("..", import.meta.url))) test(name, run);

test.run();
