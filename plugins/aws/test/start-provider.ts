/** A provider on an AWS that the test started, with the options that core would fill in. */
import { randomBytes } from "node:crypto";
import { type Auth, isSecret, type MlflowAuthError, type RequestAuthProvider } from "@mlflow-auth/core/plugin";
import { type TestContext, type TestContextOptions, testContext, testRequest } from "@mlflow-auth/core/testing";
import type { AwsOptions } from "../src/generated/options.js";
import { createRequestAuthProvider } from "../src/index.js";

export type GivenOptions = Partial<Omit<AwsOptions, "secret" | "credential" | "cache">> & {
  secret?: Partial<AwsOptions["secret"]>;
  credential?: Partial<AwsOptions["credential"]>;
  cache?: Partial<AwsOptions["cache"]>;
};

/** Keys as AWS makes them, and nobody's. */
export function makeKeys(): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: `key-${randomBytes(8).toString("hex")}`, secretAccessKey: randomBytes(20).toString("hex") };
}

export function environmentOf({ accessKeyId, secretAccessKey }: ReturnType<typeof makeKeys>): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** What a server did not take, for `invalidate`: which it was is all the same here. */
export const rejected = { request: testRequest(), auth: { headers: {} } };

export interface Started {
  readonly provider: RequestAuthProvider;
  readonly context: TestContext;
  auth(): Promise<Auth>;
  /** `Authorization: Bearer …`, one line per header. */
  headers(): Promise<string>;
  fault(): Promise<MlflowAuthError>;
  close(): Promise<void>;
}

export async function startProvider(
  endpoint: string,
  given: GivenOptions = {},
  context: TestContextOptions = {},
): Promise<Started> {
  const made = testContext({ instance: "aws", http: "network", ...context });
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
