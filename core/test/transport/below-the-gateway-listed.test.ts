import { suite } from "@mlflow-auth/test/suite";
import { request } from "undici";
import * as assert from "uvu/assert";
import type { Received } from "../connection/echo-server.js";
import { boundHeaders, boundTags } from "../pipeline/authorizer-fixture.js";
import { fetchWith } from "./client-fixture.js";
import { CLAUDE, keysOf, refused, stage } from "./gateway-stage.js";

const test = suite("servers that are listed with an address inside the AI gateway");

const inside = [
  "/gateway/anthropic",
  "/base/gateway",
  "/%67ateway/openai",
  "/GATEWAY/openai/v1",
  "/a%2fgateway/gemini",
];

test("nothing goes on to the provider: not by what that address answers as its version, and with no key of the client", async () => {
  for (const basePath of inside) {
    const { send, close, gateway, versions, authorizer, server } = await stage({ basePath });
    for (const headers of [{}, { "User-Agent": CLAUDE }, { "X-API-Key": "theirs" }]) {
      for (const path of ["/v1/messages", "/x/mlflow/invocations", "//api/2.0/mlflow/runs/search", "/%61pi/2.0/x"]) {
        const { code, message, remedy } = await refused(send(path, headers as Record<string, string>));
        assert.is(code, "GATEWAY_CREDENTIAL", basePath + path);
        assert.match(message, /has a gateway in its own path, so it may lie inside the gateway of an MLflow$/);
        assert.match(remedy, /^list that MLflow by its own address, .* or write `gateway: \{ header: NAME \}`/);
      }
    }
    const url = `${server.origin}${basePath}/v1/messages`;
    assert.is(
      (await refused((async () => authorizer.authorize({ url, method: "POST" }))())).code,
      "GATEWAY_CREDENTIAL",
    );
    assert.equal([gateway(), versions()], [[], []]);
    await close();
  }
});

test("below /gateway/proxy/, which passes every path on, MLflow's own paths are refused as well", async () => {
  const { send, close, gateway, versions } = await stage({ basePath: "/gateway/proxy/openai" });
  for (const path of ["", "/version", "/api/2.0/mlflow/runs/search", "/gateway/x"]) {
    assert.is((await refused(send(path))).code, "GATEWAY_CREDENTIAL", path);
  }
  assert.equal([gateway(), versions()], [[], []]);
  await close();
});

test("an MLflow whose own address has a gateway in its path is served there, with all that belongs to it, and has a gateway of its own", async () => {
  const { send, close, gateway, versions } = await stage({
    basePath: "/gateway/mlflow",
    headers: [boundHeaders("datadog", () => ({ "X-Extra": "x" }))],
    tags: [boundTags("tags", () => ({ a: "b" }))],
  });
  for (const path of [
    "",
    "/",
    "/api/2.0/mlflow/runs/search?x=/gateway",
    "/ajax-api/3.0/mlflow/gateway/x",
    "/v1/traces",
  ]) {
    await send(path, { Authorization: "theirs" });
    assert.equal(keysOf(gateway().at(-1) as Received), { authorization: "Basic ours", "x-extra": "x" }, path);
  }
  await send("/api/2.0/mlflow/runs/create", {}, { method: "POST", body: '{"tags":[]}' });
  assert.match(gateway().at(-1)?.body as string, /"a"/);
  assert.is(versions().length, 0);
  await send("/gateway/anthropic/v1/messages", { "X-API-Key": "theirs" });
  assert.equal(keysOf(gateway().at(-1) as Received), { "x-api-key": "theirs", "x-mlflow-authorization": "Basic ours" });
  assert.is(versions().length, 1);
  await close();
});

test("where the file names a header, it takes that risk there, too; and without a credential the client's own pass", async () => {
  for (const basePath of [...inside, "/gateway/proxy/openai"]) {
    const named = await stage({ basePath, gateway: { header: "X-Front" } });
    await named.send("/v1/messages", { "X-API-Key": "theirs" });
    assert.equal(keysOf(named.gateway()[0] as Received), { "x-api-key": "theirs", "x-front": "Basic ours" });
    const none = await stage({ basePath, auth: [] });
    await none.send("/v1/messages", { Authorization: "theirs" });
    assert.equal(keysOf(none.gateway()[0] as Received), { authorization: "theirs" });
    await Promise.all([named.close(), none.close()]);
  }
});

test("however it is sent it has these rules, and the rest of its host is no listed server", async () => {
  const { dispatcher, server, close, gateway } = await stage({ basePath: "/gateway/anthropic" });
  const { body } = await request(`${server.origin}/api/2.0/mlflow/runs/search`, { dispatcher } as never);
  await body.dump();
  assert.equal(keysOf(gateway()[0] as Received), {});
  // fetch's parser has been over the path; the request below is judged as it is written.
  for (const path of ["/gateway/anthropic/v1/messages", "/gateway/anthropic\\v1"]) {
    assert.is(
      ((await refused(fetchWith(dispatcher, server.origin + path))) as unknown as Error).name,
      "TypeError",
      path,
    );
    const options = { origin: server.origin, path, method: "GET", dispatcher } as const;
    assert.match((await refused(request(options as never))).code, /^(?:GATEWAY_CREDENTIAL|PATH_MISLEADING)$/, path);
  }
  assert.is(gateway().length, 1);
  await close();
});

test.run();
