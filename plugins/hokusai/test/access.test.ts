import { anonymous, isMlflowAuthError, textSource } from "@mlflow-auth/core/plugin";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { directRequest, startProvider } from "./start-provider.ts";

const test = suite("reads that need no key");
const env = { HOME: "/nobody" };

/** `anonymous`, or what it fails with. */
async function given(options: Parameters<typeof startProvider>[0], request = directRequest("api/2.0/mlflow/runs/get")) {
  const { provider } = await startProvider(options, { env });
  try {
    return await provider.getAuth(request);
  } catch (thrown) {
    if (isMlflowAuthError(thrown)) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
}

test("go out bare on the direct endpoint alone, or where the file says direct", async () => {
  const elsewhere = {
    ...directRequest("x"),
    url: new URL("https://registry.hokus.ai/api/mlflow/api/2.0/mlflow/runs/get"),
  };
  assert.is(await given({}), anonymous);
  assert.is(await given({ access: "direct" }, elsewhere), anonymous);
  assert.match(String(await given({}, elsewhere)), /^SECRET_SOURCE: there is no API key/);
  assert.match(String(await given({ access: "proxy" })), /^SECRET_SOURCE: there is no API key/);
});

const calls: [method: string, path: string, reads: boolean][] = [
  ["GET", "get-artifact?path=x", true],
  ["HEAD", "health", true],
  ["OPTIONS", "api/2.0/mlflow/runs/create", true],
  ["POST", "api/2.0/mlflow/runs/search", true],
  ["POST", "ajax-api/3.0/mlflow/traces/search", true],
  ["POST", "api/2.0/mlflow/registered-models/get-latest-versions", true],
  ["POST", "api/2.0/mlflow/runs/create", false],
  ["POST", "api/2.0/mlflow/search/create", false],
  ["POST", "graphql", false],
  ["PUT", "api/2.0/mlflow-artifacts/artifacts/search", false],
  ["PATCH", "api/2.0/mlflow/registered-models/update", false],
  ["DELETE", "api/2.0/mlflow/registered-models/delete", false],
];
for (const [method, path, reads] of calls) {
  test(`${method} ${path} ${reads ? "reads" : "writes"}`, async () => {
    const auth = await given({}, directRequest(path, method));
    if (reads) return assert.is(auth, anonymous);
    assert.match(
      String(auth),
      /^SECRET_SOURCE: [A-Z]+ https:\/\/registry\.hokus\.ai\/mlflow\/.* writes, which needs an API key/,
    );
  });
}

test("carry the key where there is one", async () => {
  const auth = await given({ apiKey: textSource("k", "the test") });
  assert.equal(Object.keys((auth as { headers: object }).headers), ["X-API-Key"]);
});

test("do not go out bare where a key is named and can't be had", async () => {
  const missing = { origin: "the test", read: () => Promise.reject(new Error("not there")) };
  const { provider } = await startProvider({ apiKey: missing }, { env });
  await Promise.resolve(provider.getAuth(directRequest("x"))).then(
    () => assert.unreachable(),
    (thrown) => assert.is(thrown.message, "not there"),
  );
});

test("that Hokusai denies to anybody but administrators are no rejection of the key", async () => {
  const { provider } = await startProvider();
  const body = { detail: "Admin access required for the model registry", error: "REGISTRY_ADMIN_REQUIRED" };
  assert.is(provider.isPermissionDenial?.(JSON.stringify(body)), true);
  assert.is(provider.isPermissionDenial?.('{"detail":"Invalid or expired API key"}'), false);
});

test.run();
