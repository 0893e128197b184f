import { isMlflowAuthError, type ProviderHeaders, type Secret } from "@mlflow-auth/core/plugin";
import { canary, packageContract, providerContract, secretSource, testContext } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { DatadogOptions } from "../src/generated/options.js";
import { createRequestHeaderProvider } from "../src/index.js";

const test = suite("datadog plugin");
const server = { uri: "https://mlflow.example.com" };
const request = { url: new URL(server.uri), method: "GET", server };

async function start(options: Partial<DatadogOptions>, env: Record<string, string> = {}) {
  const context = testContext({ instance: "datadog", env });
  const provider = await createRequestHeaderProvider({ requireModelLab: false, ...options }, context);
  return { provider, context, headers: async () => await provider.requestHeaders(request) };
}

const shown = (headers: ProviderHeaders) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, (value as Secret).reveal()]));

async function fault(act: () => Promise<unknown>) {
  try {
    await act();
  } catch (error) {
    if (isMlflowAuthError(error)) return error;
    throw error;
  }
  throw new Error("it answered");
}

test("without an API key it is inactive, with or without an application key", async () => {
  assert.is(await (await start({})).provider.inContext?.(), false);
  assert.is(await (await start({ appKey: secretSource("app") })).provider.inContext?.(), false);
});

test("with an API key it sends it", async () => {
  const { provider, headers } = await start({ apiKey: secretSource("api\n") });
  assert.is(await provider.inContext?.(), true);
  assert.equal(shown(await headers()), { "DD-API-KEY": "api" });
});

test("an application key goes along", async () => {
  const { headers } = await start({ apiKey: secretSource("api"), appKey: secretSource("app") });
  assert.equal(shown(await headers()), { "DD-API-KEY": "api", "DD-APPLICATION-KEY": "app" });
});

for (const [value, wanted] of [
  [undefined, false],
  ["", false],
  ["0", false],
  ["false", false],
  ["off", false],
  ["once", false],
  ["11", false],
  ["1", true],
  ["true", true],
  [" TRUE ", true],
  ["yes", true],
  ["on", true],
] as const) {
  test(`requireModelLab with DD_MODEL_LAB_ENABLED=${value}`, async () => {
    const env: Record<string, string> = value === undefined ? {} : { DD_MODEL_LAB_ENABLED: value };
    const { provider } = await start({ apiKey: secretSource("api"), requireModelLab: true }, env);
    assert.is(await provider.inContext?.(), wanted);
    const always = await start({ apiKey: secretSource("api") }, env);
    assert.is(await always.provider.inContext?.(), true);
  });
}

test("a key in a file is read again after five minutes, and the object changes only with the key", async () => {
  let key = "one";
  let reads = 0;
  const source = secretSource(() => {
    reads++;
    return key;
  });
  const { headers, context } = await start({ apiKey: source });
  const first = await headers();
  await context.clock.advance(200_000);
  assert.is(await headers(), first);
  assert.is(reads, 1);
  await context.clock.advance(101_000);
  assert.is(await headers(), first);
  assert.is(reads, 2);
  key = "two";
  await context.clock.advance(301_000);
  assert.equal(shown(await headers()), { "DD-API-KEY": "two" });
});

test("a key that is named and can't be read is an error, and it recovers", async () => {
  let broken = true;
  const source = secretSource(() => {
    if (broken) throw new Error("gone");
    return "api";
  });
  const { provider, headers, context } = await start({ apiKey: source });
  assert.is(await provider.inContext?.(), true);
  let thrown: unknown;
  await headers().catch((error) => (thrown = error));
  assert.instance(thrown, Error);
  broken = false;
  await context.clock.advance(60_000);
  assert.equal(shown(await headers()), { "DD-API-KEY": "api" });
});

test("a key that no header can carry is refused without being shown", async () => {
  for (const [options, message] of [
    [{ apiKey: secretSource("a\r\nX: 1", "the file k") }, /^the API key in the file k holds characters/],
    [{ apiKey: secretSource(" ", "the file k") }, /^the API key in the file k is empty/],
    [{ apiKey: secretSource("a"), appKey: secretSource("ü", "the file a") }, /^the application key in the file a/],
  ] as const) {
    const error = await fault((await start(options)).headers);
    assert.is(error.code, "SECRET_FORMAT");
    assert.match(error.message, message);
    assert.is(error.plugin, "datadog");
  }
});

const canaries = [canary(), canary()] as const;
const setup = () => start({ apiKey: secretSource(canaries[0]), appKey: secretSource(canaries[1]) });
for (const { name, run } of providerContract({ headers: async () => ({ ...(await setup()), canaries }) }))
  test(name, run);
for (const { name, run } of packageContract(new URL("..", import.meta.url))) test(name, run);

test.run();
