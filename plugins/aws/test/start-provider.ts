/** A provider on an AWS that the test started, with the options that core would fill in. */
import type { TestContextOptions } from "@mlflow-auth/core/testing";
import { startProvider as start } from "@mlflow-auth/test/start-provider";
import type { AwsOptions } from "../src/generated/options.js";
import { createRequestAuthProvider } from "../src/index.js";

export type GivenOptions = Partial<Omit<AwsOptions, "secret" | "credential" | "cache">> & {
  secret?: Partial<AwsOptions["secret"]>;
  credential?: Partial<AwsOptions["credential"]>;
  cache?: Partial<AwsOptions["cache"]>;
};

export function startProvider(endpoint: string, given: GivenOptions = {}, context: TestContextOptions = {}) {
  const options: AwsOptions = {
    endpoint,
    region: "eu-central-1",
    allowInsecure: false,
    tls: {},
    ...given,
    secret: { id: "mlflow/auth", ...given.secret },
    credential: { mode: "bearer", header: "Authorization", ...given.credential },
    cache: { ttl: 300_000, maxStale: 0, ...given.cache },
  };
  return start(createRequestAuthProvider, options, { instance: "aws", ...context });
}
