/** A provider on an Azure that the test started, with the options that core would fill in. */
import { secretSource, type TestContextOptions } from "@mlflow-auth/core/testing";
import type { FakeAzure } from "@mlflow-auth/test/servers/azure-fake";
import { startProvider as start } from "@mlflow-auth/test/start-provider";
import type { AzureOptions, ClientSecretAuth } from "../src/generated/options.js";
import { createRequestAuthProvider } from "../src/index.js";

export type GivenOptions = Partial<Omit<AzureOptions, "secret" | "credential" | "cache">> & {
  secret?: Partial<AzureOptions["secret"]>;
  credential?: Partial<AzureOptions["credential"]>;
  cache?: Partial<AzureOptions["cache"]>;
};

/** The application's login by its secret, as the file names it. */
export function clientSecret({ entra }: FakeAzure): ClientSecretAuth {
  const { tenant: tenantId, clientId } = entra;
  return { method: "client-secret", tenantId, clientId, clientSecret: secretSource(() => entra.secret) };
}

/** @param given default: a login by the application's secret */
export function startProvider(azure: FakeAzure, given: GivenOptions = {}, context: TestContextOptions = {}) {
  const options: AzureOptions = {
    vaultUrl: azure.vault.url,
    auth: clientSecret(azure),
    tls: { caFile: azure.ca },
    ...given,
    secret: { name: "mlflow-auth", ...given.secret },
    credential: { mode: "bearer", header: "Authorization", ...given.credential },
    cache: { ttl: 300_000, maxStale: 0, ...given.cache },
  };
  const env = { ...azure.way, ...context.env };
  return start(createRequestAuthProvider, options, { instance: "azure", ...context, env });
}
