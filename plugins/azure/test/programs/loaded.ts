/** Says how much of the Azure SDK is loaded by then: its part for vaults, and its part for logins. */
import { registerHooks } from "node:module";
import { refusal, startFakeAzure } from "@mlflow-auth/test/servers/azure-fake";

const loaded = { vaults: false, logins: false };
registerHooks({
  load(url, context, next) {
    if (/\/@azure\/(?!identity\/)/.test(url)) loaded.vaults = true;
    if (url.includes("/@azure/identity/")) loaded.logins = true;
    return next(url, context);
  },
});
const say = (when: string) => console.log(when, JSON.stringify(loaded));

const azure = await startFakeAzure();
azure.vault.put("mlflow-auth", "t");
const { startProvider } = await import("../start-provider.ts");
const started = await startProvider(azure);
say("made");
azure.vault.faultsBefore.push(...Array(3).fill(refusal(503, "ServiceUnavailable", "")));
await started.fault();
say("down");
await started.context.clock.advance(60_000);
await started.headers();
say("read");
await started.close();
await azure.stop();
