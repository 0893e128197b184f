import assert from "node:assert/strict";
import { test } from "node:test";
import { anonymous, isSecret } from "@mlflow-auth/core/plugin";
import { providerContract, testContext, testRequest } from "@mlflow-auth/core/testing";
import { createRequestAuthProvider } from "../dist/index.js";
import { startFakeAcme } from "./fake-acme.ts";
import { optionsFor } from "./options.ts";

async function auth() {
  const backend = await startFakeAcme();
  const context = testContext({ http: "network" });
  const provider = await createRequestAuthProvider(optionsFor(backend), context);
  const canaries = [backend.apiKey, backend.token()];
  const stop = async () => {
    await context.close();
    await backend.stop();
  };
  return { provider, context, canaries, backend, stop };
}

test("sends the token that Acme gives for the API key", async () => {
  const { provider, backend, stop } = await auth();
  const given = await provider.getAuth(testRequest());
  assert.ok(given !== undefined && given !== anonymous);
  const { Authorization: header } = given.headers;
  assert.equal(isSecret(header) && header.reveal(), `Bearer ${backend.token()}`);
  await stop();
});

for (const { name, run } of providerContract({ auth })) test(name, run);
