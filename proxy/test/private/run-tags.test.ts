import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig } from "../rig.js";

const test = suite("run tags through the proxy");

const CREATE = "/api/2.0/mlflow/runs/create";
const BODY =
  '{"experiment_id":"7", "start_time":9223372036854775807,"run_name":"r","tags":[{"key":"team","value":"mine"}] }';
const ADDED = ['{"key":"stage","value":"é"}', '{"key":"run.experiment","value":"7"}', '{"key":"run.name","value":"r"}'];
const TAGGED = BODY.replace('"mine"}', `"mine"},${ADDED.join(",")}`);

let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig({ base: "/base", tags: { team: "theirs", stage: "é" } });
});
test.afterEach(() => rig.stop());

const received = () => Buffer.from(rig.upstream.seen.at(-1)?.body ?? "", "latin1").toString();

/** A POST as a client writes it, in chunks or with its length. */
function post(path: string, body: string, chunked: boolean): Promise<string> {
  const framing = chunked ? "transfer-encoding: chunked" : `content-length: ${Buffer.byteLength(body)}`;
  const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  const content = chunked ? `${chunk(body.slice(0, 9))}${chunk(body.slice(9))}0\r\n\r\n` : body;
  const line = `POST /${rig.token}${path}`;
  const top = head(line, [`host: 127.0.0.1:${rig.proxy.port}`, "content-type: application/json", framing]);
  return raw(rig.proxy.port, top + content);
}

for (const chunked of [false, true]) {
  test(`a run created with a body ${chunked ? "in chunks" : "of declared length"} gets the tags, and every other byte stays`, async () => {
    assert.match(await post(CREATE, BODY, chunked), /^HTTP\/1\.1 200 /);
    assert.is(received(), TAGGED);
    const seen = rig.upstream.seen[0];
    assert.is(seen?.headers["content-length"], String(Buffer.byteLength(TAGGED)));
    assert.is(seen?.headers["transfer-encoding"], undefined);
    assert.is(seen?.headers.authorization, "Bearer first");
  });
}

test("a body that is streamed because it is long gets them, too", async () => {
  const long = `{"x":"${"x".repeat(200_000)}","tags":[]}`;
  await post(CREATE, long, false);
  assert.match(received().slice(-200), /"tags":\[\{"key":"team","value":"theirs"\},/);
  assert.ok(received().startsWith(long.slice(0, -2)));
});

test("any other request keeps its bytes", async () => {
  for (const path of ["/api/2.0/mlflow/runs/log-batch", "/api/2.0/mlflow-artifacts/artifacts/runs/create"]) {
    await post(path, BODY, false);
    assert.is(received(), BODY);
  }
});

test("a body of more than 1 MiB passes as it is, and a warning says so", async () => {
  const huge = `{"x":"${"x".repeat(1_100_000)}","tags":[]}`;
  assert.match(await post(CREATE, huge, true), /^HTTP\/1\.1 200 /);
  assert.ok(received() === huge);
  const warned = rig.logged.filter((line) =>
    line.includes("without the tags of tagger: its body is longer than 1 MiB"),
  );
  assert.is(warned.length, 1);
});

test("a provider that fails: the client is told, in a way that it does not repeat, and the server gets nothing", async () => {
  rig.project.write("tags.json", "down");
  const answer = await post(CREATE, BODY, false);
  assert.match(answer, /^HTTP\/1\.1 424 /);
  assert.match(answer, /no run is created on .* without the tags of tagger: the directory is down/);
  assert.match(answer, /start it, or set `optional: true`/);
  assert.match(answer, /"error_code":"INTERNAL_ERROR","message":"mlflow-auth proxy: SECRET_UNREACHABLE: no run/);
  assert.match(rig.logged.join("\n"), /no run is created on .* the directory is down/);
  assert.not.match(rig.logged.join("\n"), /mlflow-auth proxy:/);
  assert.is(rig.upstream.seen.length, 0);
  assert.match(await post("/api/2.0/mlflow/runs/update", BODY, false), /^HTTP\/1\.1 200 /);
});

test.run();
