import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createHandler, startStub } from "../src/index.js";

const test = suite("the stub server");

const json = { "content-type": "application/json", host: "localhost" };

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

test("serves everything below a base path and nothing beside it", async () => {
  const stub = await startStub({ basePath: "/base" });
  try {
    assert.ok(stub.uri.endsWith("/base"));
    assert.is(await (await fetch(`${stub.uri}/health`)).text(), "OK");
    for (const path of ["/health", "/basehealth", "/base"])
      assert.is((await fetch(stub.uri.replace("/base", path))).status, 404);
  } finally {
    await stub.close();
  }
});

test("tells which requests came", async () => {
  const stub = await startStub();
  try {
    await fetch(`${stub.uri}/api/2.0/mlflow/experiments/get?experiment_id=0`, { headers: { "X-Canary": "1" } });
    await fetch(`${stub.uri}/nope`);
    const [first, second] = stub.requests;
    assert.equal(
      [first?.method, first?.path, first?.query, first?.status],
      ["GET", "/api/2.0/mlflow/experiments/get", "experiment_id=0", 200],
    );
    assert.is(first?.headers["x-canary"], "1");
    assert.is(second?.status, 404);
  } finally {
    await stub.close();
  }
});

test("answers without a socket", async () => {
  const handle = createHandler();
  const answer = await handle({
    method: "POST",
    url: "/api/2.0/mlflow/experiments/create",
    headers: json,
    body: chunks('{"name":', '"first"}'),
  });
  assert.is(answer.status, 200);
  assert.equal(JSON.parse(String(answer.body)), { experiment_id: "1" });
});

test("keeps the servers apart", async () => {
  const url = "/api/2.0/mlflow/experiments/create";
  const create = (handle = createHandler()) =>
    handle({ method: "POST", url, headers: json, body: chunks('{"name":"a"}') });
  const handle = createHandler();
  assert.is((await create(handle)).status, 200);
  assert.is((await create(handle)).status, 400);
  assert.is((await create()).status, 200);
});

test("keeps every digit of a 64-bit integer", async () => {
  const handle = createHandler();
  const call = (path: string, body?: string) =>
    handle({
      method: body === undefined ? "GET" : "POST",
      url: `/api/2.0/mlflow/${path}`,
      headers: json,
      body: chunks(body ?? ""),
    });
  const created = JSON.parse(String((await call("runs/create", '{"experiment_id":"0"}')).body));
  const id = created.run.info.run_id;
  const large = "9223372036854775807";
  await call("runs/log-metric", `{"run_id":"${id}","key":"m","value":1,"timestamp":${large},"step":"${large}"}`);
  const history = String((await call(`metrics/get-history?run_id=${id}&metric_key=m`)).body);
  assert.match(history, `"timestamp": ${large}`);
  assert.match(history, `"step": ${large}`);
});

test("stops reading an artifact that is too large", async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given++;
      yield new Uint8Array(100);
    }
  }
  const handle = createHandler({ maxArtifactBytes: 1000 });
  const url = "/api/2.0/mlflow-artifacts/artifacts/0/x";
  const put = await handle({ method: "PUT", url, headers: json, body: endless() });
  assert.is(put.status, 413);
  assert.is(given, 11);
  assert.is((await handle({ method: "GET", url, headers: json })).status, 404);
});

test("lets a client read why its upload was refused", async () => {
  const stub = await startStub({ maxArtifactBytes: 1000 });
  try {
    const url = `${stub.uri}/api/2.0/mlflow-artifacts/artifacts/0/x`;
    const answer = await fetch(url, { method: "PUT", body: new Uint8Array(5_000_000) });
    assert.is(answer.status, 413);
  } finally {
    await stub.close();
  }
});

test("says clearly what it does not support", async () => {
  const handle = createHandler();
  const body = chunks(JSON.stringify({ experiment_ids: ["0"], filter: "datasets.name = 'x'" }));
  const answer = await handle({ method: "POST", url: "/api/2.0/mlflow/runs/search", headers: json, body });
  assert.is(answer.status, 400);
  assert.match(String(answer.body), "INVALID_PARAMETER_VALUE");
  assert.match(String(answer.body), "The stub keeps no datasets");
});

test.run();
