import { suite } from "@mlflow-auth/test/suite";
import { request } from "undici";
import * as assert from "uvu/assert";
import { Secret } from "../../src/secret/secret.js";
import { echoServer } from "../connection/echo-server.js";
import { boundAuth } from "../pipeline/authorizer-fixture.js";
import { clientOf, fetchWith, withClient } from "./client-fixture.js";

const test = suite("several slashes before MLflow's API: one is sent");

const spellings = [
  ["//api/2.0/mlflow/runs/get?run_id=1//2", "/api/2.0/mlflow/runs/get?run_id=1//2"],
  ["////ajax-api/3.0/mlflow/traces", "/ajax-api/3.0/mlflow/traces"],
  ["//api/2.0/mlflow-artifacts/artifacts/a//b", "/api/2.0/mlflow-artifacts/artifacts/a//b"],
  ["//v1/traces", "/v1/traces"],
  ["//v1/traces?x=//v1/traces", "/v1/traces?x=//v1/traces"],
  ["//v1/tracesome", "//v1/tracesome"],
  ["//apis/2.0/x", "//apis/2.0/x"],
  ["//%61pi/2.0/x", "//%61pi/2.0/x"],
  ["/x//api/2.0/x", "/x//api/2.0/x"],
  ["/x?url=http://host//api/2.0/", "/x?url=http://host//api/2.0/"],
  ["/api/2.0/x//y", "/api/2.0/x//y"],
] as const;

test("by fetch and by undici, below a base path, with the credential; every other path arrives as it was written", async () => {
  const listed = await echoServer();
  await withClient(listed, async (dispatcher) => {
    for (const [path, arrives] of spellings) {
      await (await fetchWith(dispatcher, `${listed.origin}/base${path}`)).text();
      await (await request(`${listed.origin}/base${path}`, { dispatcher })).body.dump();
      for (const seen of listed.received.splice(0)) {
        assert.is(seen.url, `/base${arrives}`);
        assert.is(seen.headers.authorization, "Bearer ours");
      }
    }
  });
});

test("on a server without a base path, and for one without a credential in the file", async () => {
  const listed = await echoServer();
  const { dispatcher } = clientOf([{ uri: listed.origin }]);
  for (const [path, arrives] of spellings) {
    await (await request(listed.origin + path, { dispatcher })).body.dump();
    assert.is(listed.received.at(-1)?.url, arrives);
  }
  await listed.close();
});

test("what the file does not list goes out as it was written, and bare", async () => {
  const listed = await echoServer();
  await withClient(listed, async (dispatcher) => {
    await (await request(`${listed.origin}/other//api/2.0/x`, { dispatcher })).body.dump();
    assert.is(listed.received[0]?.url, "/other//api/2.0/x");
    assert.is(listed.received[0]?.headers.authorization, undefined);
  });
});

test("they never take a request from one listed server to another, nor a misleading one anywhere", async () => {
  const listed = await echoServer();
  const outer = boundAuth("outer", () => ({ headers: { Authorization: new Secret("Bearer outer") } }));
  const { dispatcher } = clientOf([{ uri: `${listed.origin}/api/2.0` }, { uri: listed.origin, auth: [outer] }]);
  const misleading = ["//api/2.0/mlflow/runs/get", "//api/3.0/../2.0/x", "//api/3.0/..%2f2.0/x", "//..//api/3.0/x"];
  for (const path of misleading) {
    const code = await dispatchedRaw(dispatcher, listed.origin, path);
    assert.is(code, "PATH_MISLEADING", path);
  }
  assert.equal(listed.received, []);
  await (await request(`${listed.origin}//api/3.0/x`, { dispatcher })).body.dump();
  assert.is(listed.received[0]?.url, "/api/3.0/x");
  assert.is(listed.received[0]?.headers.authorization, "Bearer outer");
  await listed.close();
});

/** Past every parser of URLs. */
async function dispatchedRaw(dispatcher: Parameters<typeof fetchWith>[0], origin: string, path: string) {
  try {
    await (dispatcher as import("undici").Dispatcher).request({ origin, path, method: "GET" });
    return "sent";
  } catch (thrown) {
    return (thrown as { code?: string }).code;
  }
}

test.run();
