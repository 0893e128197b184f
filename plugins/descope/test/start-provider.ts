/** Providers on a Descope that the test started, with the options that core would fill in. */
import { secretSource, type TestContextOptions } from "@mlflow-auth/core/testing";
import type { FakeDescope } from "@mlflow-auth/test/servers/descope-fake";
import { startProvider as start } from "@mlflow-auth/test/start-provider";
import type { DescopeOptions } from "../src/generated/options.js";
import { createRequestAuthProvider, createRequestHeaderProvider, createRunContextProvider } from "../src/index.js";

export type GivenOptions = Partial<DescopeOptions>;

/** @param given default: a login by access key */
export function optionsFor(descope: FakeDescope, given: GivenOptions = {}): DescopeOptions {
  return {
    projectId: descope.projectId,
    baseUrl: descope.url,
    adminRoles: ["admin", "mlflow-admin"],
    defaultPermission: "READ",
    usernameClaim: "sub",
    flowId: "sign-up-or-in",
    redirectUrl: "/",
    cookieSecure: false,
    credential: { mode: "bearer", header: "Authorization" },
    tls: {},
    ...given,
  };
}

/** By the access key, as the file names it. */
export const accessKey = (descope: FakeDescope) => ({
  accessKey: secretSource(() => descope.accessKey, "the file key"),
});

/** All three interfaces of one instance; Descope's clock is the test's. */
export async function startProviders(
  descope: FakeDescope,
  given: GivenOptions = accessKey(descope),
  context: TestContextOptions = {},
) {
  const options = optionsFor(descope, given);
  const started = await start(createRequestAuthProvider, options, { instance: "descope", ...context });
  descope.now = started.context.clock.wallTime;
  return {
    ...started,
    headerProvider: await createRequestHeaderProvider(options, started.context),
    runContext: await createRunContextProvider(options, started.context),
  };
}
