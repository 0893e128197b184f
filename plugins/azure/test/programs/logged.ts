/** Reads a secret from an Azure of its own, and then logs as a program does that uses the SDK itself. */
import { createClientLogger } from "@azure/logger";
import { startFakeAzure } from "@mlflow-auth/test/servers/azure-fake";
import { startProvider } from "../start-provider.ts";

const azure = await startFakeAzure();
azure.vault.put("mlflow-auth", "t");
const own = createClientLogger("own");
own.info("before");
for (const auth of [undefined, { method: "default" as const }]) {
  const started = await startProvider(azure, auth === undefined ? {} : { auth }, { env: azure.login });
  await started.headers();
  azure.tokens.revoke();
  await started.close();
}
const failing = await startProvider(azure, { secret: { name: "none" } });
await failing.fault();
await failing.close();
own.info("after");
await azure.stop();
