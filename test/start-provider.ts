/** An auth provider under test, on a server that the test started, and what it gives. */
import {
  type Auth,
  type Factory,
  isMlflowAuthError,
  isSecret,
  type MlflowAuthError,
  type RequestAuthProvider,
} from "@mlflow-auth/core/plugin";
import { type TestContext, type TestContextOptions, testContext, testRequest } from "@mlflow-auth/core/testing";

/** What a server did not take, for `invalidate`: which it was is all the same here. */
export const rejected = { request: testRequest(), auth: { headers: {} } };

export interface StartedProvider {
  readonly provider: RequestAuthProvider;
  readonly context: TestContext;
  auth(): Promise<Auth>;
  /** `Authorization: Bearer …`, one line per header. */
  headers(): Promise<string>;
  /** What getAuth fails with. */
  fault(): Promise<MlflowAuthError>;
  close(): Promise<void>;
}

/**
 * @param options as core gives them, with every default filled in
 * @param given the context; the plugin reaches the network unless it says otherwise
 */
export async function startProvider<Options>(
  create: Factory<"mlflow.request_auth_provider", Options>,
  options: Options,
  given: TestContextOptions,
): Promise<StartedProvider> {
  const context = testContext({ http: "network", ...given });
  const provider = await create(options, context);
  const auth = async () => (await provider.getAuth(testRequest())) as Auth;
  return {
    provider,
    context,
    auth,
    async headers() {
      const lines = Object.entries((await auth()).headers);
      return lines.map(([name, value]) => `${name}: ${isSecret(value) ? value.reveal() : "?"}`).join("\n");
    },
    async fault() {
      try {
        await auth();
      } catch (error) {
        if (isMlflowAuthError(error)) return error;
        throw error;
      }
      throw new Error("getAuth answered");
    },
    async close() {
      await provider.close?.();
      await context.close();
    },
  };
}
