import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig, startUpstream, whole } from "../rig.js";

const test = suite("the runs that clients create");

let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig({ base: "/base" });
});
test.afterEach(() => rig.stop());

const creation = "/api/2.0/mlflow/runs/create";

const created = (id = "0123abcd", experiment = "7") =>
  JSON.stringify({ run: { info: { run_id: id, experiment_id: experiment, run_name: "fit" }, data: {} } });

interface Sent {
  /** What follows the token. */
  readonly url?: string;
  readonly method?: string;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly answerHeaders?: Record<string, string>;
}

/** Sends one request that is answered so, and returns what the client got. */
async function send(body: string | Buffer, { url, method = "POST", status = 200, headers, answerHeaders }: Sent = {}) {
  rig.upstream.answer = whole((_req, res) => res.writeHead(status, answerHeaders).end(body));
  const answer = await fetch(rig.proxy.url + (url ?? creation), { method, ...(headers && { headers }) });
  return await answer.text();
}

const link = (id = "0123abcd") => `${rig.upstream.uri}/base/#/experiments/7/runs/${id}`;

test("their links are the server's own, without the token", async () => {
  assert.is(await send(created()), created());
  assert.equal(rig.proxy.createdRuns.links, [link()]);
  assert.is(rig.proxy.createdRuns.count, 1);
});

test("a workspace is part of the link, unless it is the default one", async () => {
  await send(created("a"), { headers: { "x-mlflow-workspace": "team a" } });
  await send(created("b"), { headers: { "x-mlflow-workspace": "default" } });
  assert.equal(rig.proxy.createdRuns.links, [`${link("a")}?workspace=team%20a`, link("b")]);
});

test("the API that the web interface uses counts too", async () => {
  await send(created(), { url: "/ajax-api/2.0/mlflow/runs/create" });
  assert.equal(rig.proxy.createdRuns.links, [link()]);
});

const spellings = [
  "//api/2.0/mlflow/runs/create",
  "/api/2.0/mlflow//runs/create",
  "/api/2.0/mlflow/runs/%63reate",
  "/ajax-api/2.0/mlflow/runs/create?x=1",
  "/api/3.0/mlflow/runs/create",
];

for (const path of spellings) {
  test(`${path} creates a run, as the library reads it when it adds tags`, async () => {
    await send(created(), { url: path });
    assert.equal(rig.proxy.createdRuns.links, [link()]);
  });
}

test("what a path holds beside that is printed as it can be followed, and no terminal obeys it", async () => {
  await send(created(), { url: "/a%20b%1b[2J%C3%A9/api/2.0/mlflow/runs/create" });
  assert.equal(rig.proxy.createdRuns.links, [link().replace("/base/", "/base/a%20b%1B%5B2J%C3%A9/")]);
});

for (const [encoding, encode] of Object.entries({ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync })) {
  test(`an answer in ${encoding} is read, and passed on as it came`, async () => {
    assert.is(await send(encode(created()), { answerHeaders: { "content-encoding": encoding } }), created());
    assert.equal(rig.proxy.createdRuns.links, [link()]);
  });
}

test("of many the first few are kept, and all are counted", async () => {
  for (let index = 0; index < 8; index++) await send(created(`run${index}`));
  assert.equal(rig.proxy.createdRuns.links, ["run0", "run1", "run2", "run3", "run4"].map(link));
  assert.is(rig.proxy.createdRuns.count, 8);
});

const others: Record<string, [body: string | Buffer, sent?: Sent]> = {
  "an error": [created(), { status: 400 }],
  "another method": [created(), { method: "PUT" }],
  "another path": [created(), { url: "/api/2.0/mlflow/runs/update" }],
  "an artifact whose name ends so": [
    created(),
    { url: "/api/2.0/mlflow-artifacts/artifacts/0/api/2.0/mlflow/runs/create" },
  ],
  "an answer without a run": ["{}"],
  "an answer that is no object": ["null"],
  "a login page": ["<html>log in</html>"],
  "nothing at all": [""],
  "ids that a terminal would obey": [created("\u001b[2J")],
  "ids that are no text": [JSON.stringify({ run: { info: { run_id: 1, experiment_id: 2 } } })],
  "a long answer": [created() + " ".repeat(300_000)],
  "an answer that is long once it is decoded": [
    gzipSync(created() + " ".repeat(300_000)),
    { answerHeaders: { "content-encoding": "gzip" } },
  ],
};

for (const [name, [body, sent = {}]] of Object.entries(others)) {
  test(`${name}: passed on, and no run`, async () => {
    const got = await send(body, sent);
    assert.is(got, sent.answerHeaders ? created() + " ".repeat(300_000) : body);
    const { count, links } = rig.proxy.createdRuns;
    assert.equal([count, links], [0, []]);
  });
}

test("an answer that claims an encoding and has another is the client's affair", async () => {
  rig.upstream.answer = whole((_req, res) => res.writeHead(200, { "content-encoding": "gzip" }).end("no gzip"));
  const answer = await fetch(rig.proxy.url + creation, { method: "POST" });
  assert.is(answer.status, 200);
  await answer.text().catch(() => "");
  assert.is(rig.proxy.createdRuns.count, 0);
});

test("an answer that breaks off is no run", async () => {
  rig.upstream.answer = whole((_req, res) => {
    res.writeHead(200, { "content-length": "1000" });
    res.write(created(), () => res.destroy());
  });
  const answer = await fetch(rig.proxy.url + creation, { method: "POST" });
  assert.is(answer.status, 424);
  assert.is(rig.proxy.createdRuns.count, 0);
});

test("a run on another listed server has that server's link", async () => {
  const other = await startUpstream(whole((_req, res) => res.end(created())));
  const two = await startRig({ servers: [{ uri: `${other.uri}/west` }] });
  try {
    await fetch(`${two.proxy.urlFor(`${other.uri}/west`)}${creation}`, { method: "POST" });
    assert.equal(two.proxy.createdRuns.links, [`${other.uri}/west/#/experiments/7/runs/0123abcd`]);
  } finally {
    await two.stop();
    await other.stop();
  }
});

test.run();
