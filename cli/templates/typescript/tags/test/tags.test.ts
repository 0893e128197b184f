import assert from "node:assert/strict";
import { test } from "node:test";
import { providerContract, testContext } from "@mlflow-auth/core/testing";
import { createRunContextProvider } from "../dist/index.js";
import { startFakeAcme } from "./fake-acme.ts";
import { optionsFor } from "./options.ts";

async function tags() {
  const backend = await startFakeAcme();
  const context = testContext({ http: "network" });
  const provider = await createRunContextProvider(optionsFor(backend), context);
  const stop = async () => {
    await context.close();
    await backend.stop();
  };
  return { provider, context, canaries: [backend.apiKey], stop };
}

test("gives a run the team that the API key belongs to", async () => {
  const { provider, stop } = await tags();
  const given = await provider.tags({ experimentId: "0", runName: "a run", tags: {} });
  assert.deepEqual(given, { "acme.team": "forecasting" });
  await stop();
});

for (const { name, run } of providerContract({ tags })) test(name, run);
