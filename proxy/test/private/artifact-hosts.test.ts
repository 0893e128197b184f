import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, raw, startRig, whole } from "../rig.js";

const test = suite("artifact roots that name a host");

let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig();
});

const WARNING =
  /artifact root is mlflow-artifacts:\/\/(\S+): .* with the token of this proxy\. Try this: run Python programs under `mlflow-auth exec`/;

function answering(body: string | Buffer, headers: Record<string, string> = {}): void {
  rig.upstream.answer = whole((_req, res) => {
    res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers });
    res.end(body);
  });
}
const run = (root: string) =>
  JSON.stringify({ run: { info: { run_id: "r", experiment_id: "1", artifact_uri: root } } });
const warnings = () => rig.logged.flatMap((line) => WARNING.exec(line)?.[1] ?? []);
const ask = async (path = "/api/2.0/mlflow/runs/get", init: RequestInit = {}) =>
  await (await fetch(rig.proxy.url + path, init)).text();

test("are warned of once, with the way out and without the token", async () => {
  answering(run("mlflow-artifacts://artifacts.example.com:5500/1/r/artifacts"));
  for (let round = 0; round < 3; round++) await ask();
  assert.equal(warnings(), ["artifacts.example.com:5500"]);
  assert.not(rig.logged.join().includes(rig.token));
});

test("are seen in whatever answer tells of them", async () => {
  const answers: [path: string, init: RequestInit, body: string][] = [
    ["/api/2.0/mlflow/runs/create", { method: "POST", body: "{}" }, run("mlflow-artifacts://a:1/x")],
    ["/api/2.0/mlflow/experiments/get-by-name", {}, '{"experiment": {"artifact_location": "mlflow-artifacts://b/x"}}'],
    [
      "/api/2.0/mlflow/runs/search",
      { method: "POST", body: "{}" },
      `{"runs":[${run("s3://x")},${run("mlflow-artifacts://user@c:1/x")}]}`,
    ],
    ["/api/3.0/mlflow/traces", {}, '{"tags":[{"key":"mlflow.artifactLocation","value":"mlflow-artifacts://d:1/"}]}'],
  ];
  const seen: string[] = [];
  for (const [path, init, body] of answers) {
    rig = await startRig();
    answering(body);
    assert.is(await ask(path, init), body);
    seen.push(...warnings());
  }
  assert.equal(seen, ["a:1", "b", "c:1", "d:1"]);
});

for (const [encoding, encode] of Object.entries({ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync })) {
  test(`are seen behind ${encoding}`, async () => {
    answering(encode(run("mlflow-artifacts://a:1/x")), { "content-encoding": encoding });
    await ask();
    assert.equal(warnings(), ["a:1"]);
  });
}

test("are seen where the answer comes in pieces", async () => {
  const body = run("mlflow-artifacts://a:1/x");
  rig.upstream.answer = whole((_req, res) => {
    res.writeHead(200, { "content-type": "application/json; charset=utf-8" }).write(body.slice(0, 80));
    setImmediate(() => setImmediate(() => res.end(body.slice(80))));
  });
  assert.is(await ask(), body);
  assert.equal(warnings(), ["a:1"]);
});

test("are a client's with a bearer token, too: it sends that token there", async () => {
  answering(run("mlflow-artifacts://a:1/x"));
  const { origin } = new URL(rig.proxy.url);
  await fetch(`${origin}/api/2.0/mlflow/runs/get`, { headers: { authorization: `Bearer ${rig.token}` } });
  assert.equal(warnings(), ["a:1"]);
});

test("are nothing to warn of under the bridge, without a token, in a browser, or where the host is the proxy's own", async () => {
  const path = "/api/2.0/mlflow/runs/get";
  answering(run("mlflow-artifacts://a:1/x"));
  const { origin } = new URL(rig.proxy.url);
  await fetch(origin + path, { headers: { "mlflow-auth-token": rig.token } });
  await ask(path, { headers: { "user-agent": "Mozilla/5.0" } });
  const own = run(`mlflow-artifacts://127.0.0.1:${rig.proxy.port}/x`);
  answering(own);
  await ask();
  for (const root of ["mlflow-artifacts:/1/r", "mlflow-artifacts:///1/r", "s3://mlflow-artifacts/x"]) {
    answering(run(root));
    await ask();
  }
  assert.equal(warnings(), []);
  // And after all that it still looks.
  answering(`[${own},${run("mlflow-artifacts://a:1/x")}]`);
  await ask();
  assert.equal(warnings(), ["a:1"]);

  rig = await startRig({ token: undefined });
  answering(run("mlflow-artifacts://a:1/x"));
  await ask();
  assert.equal(warnings(), []);
});

test("cost nothing but a look: an answer that is long, broken or no JSON passes as it is", async () => {
  const artifact = run("mlflow-artifacts://a:1/x");
  answering(artifact, { "content-type": "application/octet-stream" });
  assert.is(await ask(), artifact);
  const long = run(`mlflow-artifacts://a:1/${"x".repeat(300 * 1024)}`);
  answering(long);
  assert.is(await ask(), long);
  answering('"mlflow-artifacts://a:1', { "content-encoding": "br" });
  const answer = await raw(
    rig.proxy.port,
    `GET /${rig.token}/x HTTP/1.1\r\nhost: 127.0.0.1:${rig.proxy.port}\r\nconnection: close\r\n\r\n`,
  );
  assert.ok(answer.endsWith('"mlflow-artifacts://a:1'));
  assert.equal(warnings(), []);
});

test.run();
