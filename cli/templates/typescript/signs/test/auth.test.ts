import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { anonymous } from "@mlflow-auth/core/plugin";
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

test("signs method, address, date and body with the key that Acme gives, and does not send the key", async () => {
  const { provider, backend, stop } = await auth();
  const given = await provider.getAuth(testRequest());
  assert.ok(given !== undefined && given !== anonymous);
  assert.deepEqual(Object.keys(given.headers), ["X-Acme-Key"]);
  const body = createHash("sha256").update("{}").digest("hex");
  const { url, method, server } = testRequest();
  const path = url.pathname + url.search;
  const request = { url, path, method, server, headers: [], sha256: async () => body };
  const { "X-Acme-Date": date, "X-Acme-Signature": signature } = (await provider.signRequest?.(request, given)) ?? {};
  const wanted = createHmac("sha256", backend.token()).update([method, path, date, body].join("\n"));
  assert.equal(signature, wanted.digest("hex"));
  await stop();
});

for (const { name, run } of providerContract({ auth })) test(name, run);
