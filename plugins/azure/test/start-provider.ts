/** A provider on an Azure that the test started, with the options that core would fill in. */
import { type Auth, isSecret, type MlflowAuthError, type RequestAuthProvider } from "@mlflow-auth/core/plugin";
import {
  secretSource,
  type TestContext,
  type TestContextOptions,
  testContext,
  testRequest,
} from "@mlflow-auth/core/testing";
import type { FakeAzure } from "@mlflow-auth/test/servers/azure-fake";
import type { AzureOptions } from "../src/generated/options.js";
import { createRequestAuthProvider } from "../src/index.js";

export type GivenOptions = Partial<Omit<AzureOptions, "secret" | "credential" | "cache">> & {
  secret?: Partial<AzureOptions["secret"]>;
  credential?: Partial<AzureOptions["credential"]>;
  cache?: Partial<AzureOptions["cache"]>;
};

/** What a server did not take, for `invalidate`: which it was is all the same here. */
export const rejected = { request: testRequest(), auth: { headers: {} } };

/** The application's login by its secret, as the file names it. */
export function clientSecret({ entra }: FakeAzure): AzureOptions["auth"] & { method: "client-secret" } {
  const { tenant: tenantId, clientId } = entra;
  return { method: "client-secret", tenantId, clientId, clientSecret: secretSource(() => entra.secret) };
}

export interface Started {
  readonly provider: RequestAuthProvider;
  readonly context: TestContext;
  auth(): Promise<Auth>;
  /** `Authorization: Bearer …`, one line per header. */
  headers(): Promise<string>;
  fault(): Promise<MlflowAuthError>;
  close(): Promise<void>;
}

/** @param given default: a login by the application's secret */
export async function startProvider(
  azure: FakeAzure,
  given: GivenOptions = {},
  context: TestContextOptions = {},
): Promise<Started> {
  const made = testContext({ instance: "azure", http: "network", ...context, env: { ...azure.way, ...context.env } });
  const options: AzureOptions = {
    vaultUrl: azure.vault.url,
    auth: clientSecret(azure),
    tls: { caFile: azure.ca },
    ...given,
    secret: { name: "mlflow-auth", ...given.secret },
    credential: { mode: "bearer", header: "Authorization", ...given.credential },
    cache: { ttl: 300_000, maxStale: 0, ...given.cache },
  };
  const provider = await createRequestAuthProvider(options, made);
  const auth = async () => (await provider.getAuth(testRequest())) as Auth;
  return {
    provider,
    context: made,
    auth,
    async headers() {
      const { headers } = await auth();
      return Object.entries(headers)
        .map(([name, value]) => `${name}: ${isSecret(value) ? value.reveal() : "?"}`)
        .join("\n");
    },
    async fault() {
      const thrown = await auth().then(
        () => undefined,
        (error: MlflowAuthError) => error,
      );
      if (thrown === undefined) throw new Error("getAuth answered");
      return thrown;
    },
    async close() {
      await provider.close?.();
      await made.close();
    },
  };
}
