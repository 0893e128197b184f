import assert from "node:assert/strict";
import { test } from "node:test";
import { isSecret } from "@mlflow-auth/core/plugin";
import { providerContract, testContext, testRequest } from "@mlflow-auth/core/testing";
import { createRequestHeaderProvider } from "../dist/index.js";
import { startFakeAcme } from "./fake-acme.ts";
import { optionsFor } from "./options.ts";

async function headers() {
  const backend = await startFakeAcme();
  const context = testContext({ http: "network" });
  const provider = await createRequestHeaderProvider(optionsFor(backend), context);
  const canaries = [backend.apiKey, backend.token()];
  const stop = async () => {
    await context.close();
    await backend.stop();
  };
  return { provider, context, canaries, backend, stop };
}

test("adds the token that Acme gives for the API key", async () => {
  const { provider, backend, stop } = await headers();
  const { "X-Acme-Token": header } = await provider.requestHeaders(testRequest());
  assert.equal(isSecret(header) && header.reveal(), backend.token());
  await stop();
});

for (const { name, run } of providerContract({ headers })) test(name, run);
