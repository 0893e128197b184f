import { MlflowAuthError } from "@mlflow-auth/core/plugin";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Answered, answering, ask, dispatched, type Next, refused } from "./dispatching.ts";
import { startProvider } from "./start-provider.ts";

const test = suite("going on without MLflow");

const start = () => startProvider({ onUnavailable: "continue" });
const call = (name: string, body?: unknown, method = "POST") => dispatched(method, `api/2.0/mlflow/${name}`, body);
const infoOf = ({ json }: Answered) => (json as unknown as { run: { info: Record<string, string> } }).run.info;
const lines = ({ logs }: { readonly logs: readonly { readonly message: string }[] }) =>
  logs.map(({ message }) => message);

const outages: Record<string, [next: Next, says: RegExp]> = {
  "a refused connection": [refused, /nothing listens there/],
  "a reset": [() => Promise.reject(Object.assign(new Error("x"), { code: "ECONNRESET" })), /hangs up/],
  "an unknown host": [() => Promise.reject(new TypeError("fetch failed", { cause: { code: "ENOTFOUND" } })), /unknown/],
  "no head in time": [
    () => Promise.reject(Object.assign(new Error("x"), { code: "UND_ERR_HEADERS_TIMEOUT" })),
    /TIMEOUT/,
  ],
  "a 502": [answering(502), /MLflow answers 502/],
  "a 503 of the key service": [answering(503, '{"detail":"Authentication service timeout"}'), /MLflow answers 503/],
  "a 504 with a page": [answering(504, "<html>"), /MLflow answers 504/],
};
for (const [what, [next, says]] of Object.entries(outages)) {
  test(`${what}: a metric is not recorded, and that is said`, async () => {
    const { provider, context } = await start();
    const { status, headers, json } = await ask(provider, call("runs/log-metric", { run_id: "x" }), next);
    assert.equal([status, json, headers["x-mlflow-auth-not-recorded"]], [200, {}, "true"]);
    assert.is(lines(context).length, 1);
    assert.match(
      lines(context)[0] ?? "",
      /^runs\/log-metric is NOT RECORDED at https:\/\/mlflow\.example\.com\/base: /,
    );
    assert.match(lines(context)[0] ?? "", says);
  });
}

const answers: [status: number, body: string][] = [
  [200, '{"a":1}'],
  [404, "{}"],
  [401, "{}"],
  [403, '{"error":"REGISTRY_ADMIN_REQUIRED"}'],
  [429, '{"detail":"Rate limit exceeded"}'],
];
for (const [status, body] of answers) {
  test(`an answer ${status} is no outage: it passes, and nothing is said`, async () => {
    const { provider, context } = await start();
    const answer = await ask(provider, call("runs/log-metric", {}), answering(status, body));
    assert.equal([answer.status, JSON.stringify(answer.json)], [status, body]);
    assert.equal(lines(context), []);
  });
}

const failures: Record<string, unknown> = {
  "a credential that can't be had": new MlflowAuthError("SECRET_SOURCE", "no key", { remedy: "set it" }),
  "an outage of the secret's store": new MlflowAuthError("SECRET_UNREACHABLE", "down", {
    cause: { code: "ECONNREFUSED" },
  }),
  "a certificate that is not trusted": Object.assign(new Error("x"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
  "what is no HTTP": Object.assign(new Error("x"), { code: "HPE_INVALID_CONSTANT" }),
};
for (const [what, thrown] of Object.entries(failures)) {
  test(`${what} is no outage: the program gets the failure`, async () => {
    const { provider, context } = await start();
    await ask(provider, call("runs/log-metric", {}), () => Promise.reject(thrown)).then(
      () => assert.unreachable(),
      (got) => assert.is(got, thrown),
    );
    assert.equal(lines(context), []);
  });
}

test("a run that could not be created is never told to the server, also when it is back", async () => {
  const { provider, context } = await start();
  const found = await ask(provider, call("experiments/get-by-name?experiment_name=e", undefined, "GET"), refused);
  const { experiment_id } = (found.json as unknown as { experiment: { experiment_id: string } }).experiment;
  assert.match(experiment_id, /^[1-9]\d{17}$/);
  const { run_id, artifact_uri } = infoOf(await ask(provider, call("runs/create", { experiment_id }), refused));
  assert.is(artifact_uri, `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts`);
  // Nothing may be sent: `ask` would fail.
  assert.is((await ask(provider, call("runs/log-batch", { run_id, metrics: [] }))).status, 200);
  const read = await ask(provider, call(`runs/get?run_id=${run_id}`, undefined, "GET"));
  assert.is(infoOf(read)["status"], "RUNNING");
  const artifact = `api/2.0/mlflow-artifacts/artifacts/${experiment_id}/${run_id}/artifacts/model.bin`;
  assert.is((await ask(provider, dispatched("PUT", artifact))).status, 200);
  const updated = await ask(provider, call("runs/update", { run_id, status: "FINISHED", end_time: 5 }));
  assert.is((updated.json as unknown as { run_info: Record<string, unknown> }).run_info["status"], "FINISHED");
  assert.is(infoOf(await ask(provider, call(`runs/get?run_id=${run_id}`, undefined, "GET")))["status"], "FINISHED");
  const unknown = await ask(provider, call(`metrics/get-history?run_id=${run_id}`, undefined, "GET"));
  assert.equal([unknown.status, unknown.json["error_code"]], [404, "RESOURCE_DOES_NOT_EXIST"]);
  // Another run in the same experiment belongs to it.
  assert.is((await ask(provider, call("runs/create", { experiment_id }))).status, 200);
  await provider.close?.();
  const sum = "2 × runs/create, 1 × runs/log-batch, 1 × artifacts, 1 × runs/update";
  assert.is(
    lines(context).at(-1),
    `NOT RECORDED at https://mlflow.example.com/base, because it was unavailable: ${sum}`,
  );
});

test("what follows a run that was not created is told with the outage of its own server", async () => {
  const { provider, context } = await start();
  const at = (uri: string, name: string, body: object) => {
    const request = call(name, body);
    const url = new URL(`${uri}/api/2.0/mlflow/${name}`);
    return { ...request, url, server: { ...request.server, uri } };
  };
  const { run_id } = infoOf(await ask(provider, at("https://one.example.com", "runs/create", {}), answering(502)));
  await ask(provider, at("https://two.example.com", "runs/create", {}), refused);
  await ask(provider, at("https://one.example.com", "runs/log-batch", { run_id }));
  assert.match(
    lines(context).at(-1) ?? "",
    /^runs\/log-batch is NOT RECORDED at https:\/\/one\.example\.com: MLflow answers 502 when /,
  );
});

test("each kind of call is told once as it is lost, and counted at the end, once", async () => {
  const { provider, context } = await start();
  for (let step = 0; step < 3; step++) await ask(provider, call("runs/log-metric", { run_id: "x" }), answering(503));
  await ask(provider, call("runs/set-tag", { run_id: "x" }), answering(503));
  assert.equal(
    lines(context).map((line) => line.split(" ", 1)[0]),
    ["runs/log-metric", "runs/set-tag"],
  );
  await provider.close?.();
  await provider.close?.();
  assert.match(lines(context).slice(2).join("\n"), /^NOT RECORDED at .*: 3 × runs\/log-metric, 1 × runs\/set-tag$/);
});

test("what needs the server's knowledge fails as it does without the option", async () => {
  const { provider, context } = await start();
  for (const [name, method] of [
    ["runs/search", "POST"],
    ["runs/get?run_id=x", "GET"],
    ["registered-models/create", "POST"],
    ["logged-models", "POST"],
    ["runs/delete", "POST"],
  ] as const) {
    assert.is((await ask(provider, call(name, {}, method), answering(503))).status, 503, name);
    await ask(provider, call(name, {}, method), refused).then(
      () => assert.unreachable(name),
      (thrown) => assert.is(thrown.code, "ECONNREFUSED"),
    );
  }
  for (const path of ["health", "api/2.0/mlflow-artifacts/artifacts/1/x"]) {
    assert.is((await ask(provider, dispatched("GET", path), answering(503))).status, 503, path);
  }
  assert.equal(lines(context), []);
});

test("a server that hangs is waited for 30 seconds, an upload and a search for as long as they take", async () => {
  const { provider, context } = await start();
  const never: Next = () => new Promise(() => undefined);
  const pending = ask(provider, call("runs/log-metric", {}), never);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await context.clock.advance(29_999);
  assert.equal(lines(context), []);
  await context.clock.advance(1);
  assert.is((await pending).status, 200);
  assert.match(lines(context)[0] ?? "", /MLflow gives no answer within 30 s/);

  for (const request of [dispatched("PUT", "api/2.0/mlflow-artifacts/artifacts/1/x"), call("runs/search", {})]) {
    const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Next>>>();
    const slow = ask(provider, request, () => promise);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    await context.clock.advance(60_000);
    resolve({ status: 200, body: '{"late":1}' });
    assert.equal((await slow).json, { late: 1 });
  }
});

test("a client that gives up is told so, and nothing counts as lost", async () => {
  const { provider, context } = await start();
  const ending = new AbortController();
  const request = { ...call("runs/log-metric", {}), signal: ending.signal };
  const gone = Object.assign(new Error("gone"), { code: "UND_ERR_SOCKET" });
  ending.abort();
  await ask(provider, request, () => Promise.reject(gone)).then(
    () => assert.unreachable(),
    (thrown) => assert.is(thrown, gone),
  );
  assert.equal(lines(context), []);
});

for (const [value, isOn] of [
  ["true", true],
  ["ON", true],
  ["1", true],
  ["yes", true],
  ["once", false],
  ["false", false],
  ["0", false],
  ["", false],
] as const) {
  test(`HOKUSAI_OPTIONAL_MLFLOW=${value} ${isOn ? "switches it on" : "leaves it off"}, and the file decides before it`, async () => {
    const env = { HOKUSAI_OPTIONAL_MLFLOW: value };
    assert.is((await startProvider({}, { env })).provider.dispatch !== undefined, isOn);
    assert.is((await startProvider({ onUnavailable: "fail" }, { env })).provider.dispatch, undefined);
    assert.ok((await startProvider({ onUnavailable: "continue" }, { env })).provider.dispatch);
  });
}

test("a body that is no JSON, or a list, is none of its business", async () => {
  const { provider } = await start();
  for (const body of ["{", "[1]", "null", "7"]) {
    assert.is((await ask(provider, call("runs/create", body), refused)).status, 200);
  }
});

test("what names a made-up run in any spelling never reaches the server", async () => {
  const { provider } = await start();
  const { run_id: id = "" } = infoOf(await ask(provider, call("runs/create", { experiment_id: "0" }), refused));
  const hex = [...id].map((character) => character.charCodeAt(0).toString(16));
  const percent = hex.map((code) => `%${code}`).join("");
  const spellings = [
    call(`runs/get?run_id=${percent}`, undefined, "GET"),
    call(`runs/get?run_id=%22${id}%22`, undefined, "GET"),
    call(`runs/get?run_id=runs%3a%2f${id}`, undefined, "GET"),
    call("runs/log-inputs", { run_id: `runs%3a%2f${id}` }),
    call("runs/log-metric", `{"run_id":"${hex.map((code) => `\\u00${code}`).join("")}"}`),
    dispatched("GET", `api/2.0/mlflow-artifacts/artifacts/0/${percent}/artifacts/a`),
  ];
  for (const request of spellings) {
    let isAsked = false;
    await ask(provider, request, async () => {
      isAsked = true;
      return { status: 200, body: "{}" };
    });
    assert.not.ok(isAsked, request.url.href);
  }
});

test.run();
