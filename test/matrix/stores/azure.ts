/** Azure Key Vault, with an application's secret. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fault, failure, refusal, startFakeAzure } from "../../servers/azure-fake.ts";
import { temporaryFolder } from "../../servers/process/temporary-folder.ts";
import { PAGE, tooMuch } from "../faulty-front.ts";
import type { StartStore, StoreFault } from "../store.ts";

const NAME = "mlflow-auth";

const faults: Readonly<Record<Exclude<StoreFault, "missing" | "expired">, Fault>> = {
  down: "reset",
  slow: "hang",
  denied: refusal(403, "Forbidden", "Caller is not authorized to perform action on resource.", "ForbiddenByRbac"),
  throttled: { ...refusal(429, "Throttled", "Request was not processed."), headers: { "Retry-After": "0" } },
  garbage: { status: 200, body: PAGE },
  huge: { status: 200, body: tooMuch() },
};

/** The one that can fail: no other can be had. */
export const startAzureStore: StartStore = async (watch) => {
  const azure = await startFakeAzure();
  const { vault, entra, tokens } = azure;
  const folder = temporaryFolder("azure");
  const caFile = join(folder.path, "authority.pem");
  writeFileSync(caFile, azure.ca);
  watch.add("the application's secret", entra.secret);
  return {
    options: { vaultUrl: vault.url, secret: { name: NAME }, tls: { caFile } },
    env: { ...azure.way, ...azure.login },
    async hold(secret) {
      vault.put(NAME, typeof secret === "string" ? secret : JSON.stringify(secret));
    },
    async fail(fault) {
      if (fault === "missing") return vault.remove(NAME);
      if (fault === "expired") {
        tokens.revoke();
        entra.faults.push(
          ...many(failure(7000222, "invalid_client", "The provided client secret keys are expired.", 401)),
        );
        return;
      }
      // A vault that is down does not ask for a token either.
      vault.faultsBefore.push(...many(faults[fault]));
      vault.faults.push(...many(faults[fault]));
    },
    async stop() {
      await azure.stop();
      folder.remove();
    },
  };
};

const many = (fault: Fault): Fault[] => Array(100).fill(fault);
