import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig, whole } from "../rig.js";

const test = suite("requests through the proxy to MLflow's AI gateway");

let version: string;
let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig({ base: "/base", tags: { team: "a" } });
  version = "3.17.2";
  rig.upstream.answer = whole((req, res) => {
    if (req.url === "/base/version") res.end(version);
    else res.writeHead(200, { "content-type": "application/json" }).end(created);
  });
});
test.afterEach(() => rig.stop());

const created = JSON.stringify({ run: { info: { run_id: "0a", experiment_id: "7" }, data: {} } });

const post = (path: string, headers: Record<string, string> = {}) =>
  fetch(rig.proxy.url + path, { method: "POST", headers, body: "{}" });

const gateway = () => rig.upstream.seen.filter(({ url }) => url !== "/base/version");

test("a client's key stays, and the credential goes beside it", async () => {
  assert.is((await post("/gateway/anthropic/v1/messages", { "x-api-key": "theirs" })).status, 200);
  const { "x-api-key": key, "x-mlflow-authorization": ours, authorization } = gateway()[0]?.headers ?? {};
  assert.equal([key, ours?.slice(0, 7), authorization], ["theirs", "Bearer ", undefined]);
});

test("the proxy's own token as a bearer token is no key of the client, and goes no further", async () => {
  const answer = await fetch(`${new URL(rig.proxy.url).origin}/gateway/mlflow/v1/models`, {
    headers: { authorization: `Bearer ${rig.token}` },
  });
  assert.is(answer.status, 200);
  const { "x-mlflow-authorization": beside, authorization } = gateway()[0]?.headers ?? {};
  assert.is(beside, undefined);
  assert.match(authorization ?? "", /^Bearer /);
  assert.not.match(JSON.stringify(rig.upstream.seen), rig.token);
});

test("what an LLM provider could get is 424, with the way out, and nothing is sent", async () => {
  version = "3.14.1";
  for (const headers of [{}, { "user-agent": "claude-cli/2" }, { authorization: "Bearer theirs" }]) {
    const answer = await post("/gateway/anthropic/v1/messages", headers as Record<string, string>);
    assert.is(answer.status, 424);
    const { code, message } = (await answer.json()) as { code: string; message: string };
    assert.is(code, "GATEWAY_CREDENTIAL");
    assert.match(message, /MLflow 3\.14\.1 .*`gateway: \{ header: NAME \}` for that server/);
  }
  assert.equal(gateway(), []);
});

test("no spelling of the path and no other way to the server goes past that", async () => {
  version = "3.14.1";
  const prefixes = ["/base", `/${rig.token}/~http:127.0.0.1:${rig.upstream.port}/base`].map((prefix, index) =>
    index === 0 ? `/${rig.token}` : prefix,
  );
  for (const prefix of prefixes) {
    for (const path of [
      "/gateway/x",
      "//gateway/x",
      "/%67ateway/x",
      "/Gateway/x",
      "/gateway;a/x",
      "/gateway%2fx",
      "/a/gateway/x",
    ]) {
      const answer = await raw(rig.proxy.port, head(`GET ${prefix}${path}`, [`host: 127.0.0.1:${rig.proxy.port}`]));
      assert.match(answer, /^HTTP\/1\.1 424 [\s\S]*GATEWAY_CREDENTIAL/, prefix + path);
    }
  }
  assert.equal(gateway(), []);
});

test("what looks like the creation of a run there is none: no tags, and no link", async () => {
  assert.is((await post("/gateway/proxy/name/api/2.0/mlflow/runs/create")).status, 200);
  assert.equal(
    gateway().map(({ body }) => body),
    ["{}"],
  );
  assert.is(rig.proxy.createdRuns.count, 0);
  await post("/api/2.0/mlflow/runs/create");
  assert.is(rig.proxy.createdRuns.count, 1);
});

test("of a server whose address lies inside the gateway only MLflow's own paths are sent with the credential", async () => {
  const inside = await startRig({ base: "/gateway/anthropic" });
  for (const headers of [{}, { "x-api-key": "theirs" }] as Record<string, string>[]) {
    const answer = await fetch(`${inside.proxy.url}/v1/messages`, { method: "POST", headers, body: "{}" });
    assert.is(answer.status, 424);
    assert.match(((await answer.json()) as { message: string }).message, /has a gateway in its own path/);
  }
  assert.equal(inside.upstream.seen, []);
  await (await fetch(`${inside.proxy.url}/api/2.0/mlflow/runs/get`)).text();
  assert.match(inside.upstream.seen[0]?.headers.authorization ?? "", /^Bearer /);
  await inside.stop();
});

test.run();
