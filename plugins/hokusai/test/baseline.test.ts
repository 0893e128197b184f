import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMlflowAuthError, MlflowAuthError } from "@mlflow-auth/core/plugin";
import { canary, revealedBy } from "@mlflow-auth/core/testing";
import { type FakeHokusai, startFakeHokusai } from "@mlflow-auth/test/servers/hokusai-fake";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { SendBaseline } from "../src/baseline-request.js";
import { registerBaseline } from "../src/index.js";

const test = suite("registering a baseline with Hokusai");
let hokusai: FakeHokusai;
test.before(async () => {
  hokusai = await startFakeHokusai({ upstream: "http://127.0.0.1:9", key: canary() });
});
test.after(() => hokusai.stop());
test.afterEach(() => {
  hokusai.fault = undefined;
  hokusai.seen.length = 0;
});

const baseline = {
  modelType: "lead_scoring",
  runId: "r1",
  metadata: { model_id: "m1", version: "2", metrics: { auc: 0.9 } },
};

/** Settings for the double, with the waits that were made. */
function settings(more: object = {}) {
  const waits: number[] = [];
  const wait = async (milliseconds: number) => void waits.push(milliseconds);
  return { waits, settings: { apiKey: hokusai.keys.admin, endpoint: hokusai.endpoint, wait, ...more } };
}

/** What it fails with, which must not hold the key. */
async function failure(given: ReturnType<typeof settings>["settings"], what = baseline): Promise<MlflowAuthError> {
  try {
    await registerBaseline(what, given);
  } catch (thrown) {
    if (!isMlflowAuthError(thrown)) throw thrown;
    assert.is(revealedBy(`${thrown.message}\n${thrown.remedy}\n${thrown.stack}`, hokusai.keys.admin), undefined);
    assert.ok(thrown.remedy);
    return thrown;
  }
  throw new Error("it was registered");
}

test("sends model id, version and metrics in the metadata, and gives what Hokusai made of it", async () => {
  assert.equal(await registerBaseline(baseline, settings().settings), {
    modelId: "m1",
    modelType: "lead_scoring",
    version: "2",
    metrics: { auc: 0.9 },
    timestamp: "2026-01-02T03:04:05Z",
  });
  assert.equal(hokusai.registered.at(-1), {
    model_type: "lead_scoring",
    mlflow_run_id: "r1",
    metadata: baseline.metadata,
  });
  assert.equal(
    hokusai.seen.map(({ method, path, keyIn }) => [method, path, keyIn]),
    [["POST", "/api/api/v1/models/baseline", "X-API-Key"]],
  );
});

test("needs no run and no metadata", async () => {
  await registerBaseline({ modelType: "t" }, settings().settings);
  assert.equal(hokusai.registered.at(-1), { model_type: "t", mlflow_run_id: null, metadata: {} });
});

for (const fault of ["key-service", "bad-gateway", "reset"] as const) {
  test(`${fault}: is tried three times, with waits of 1 s and 2 s`, async () => {
    hokusai.fault = fault;
    const given = settings();
    const { code, transient } = await failure(given.settings);
    assert.equal([code, transient, given.waits], ["SERVER_UNREACHABLE", true, [1_000, 2_000]]);
    assert.is(hokusai.seen.length, 3);
  });
}

test("an outage that ends is forgotten", async () => {
  hokusai.fault = "bad-gateway";
  const wait = async () => {
    hokusai.fault = undefined;
  };
  assert.is((await registerBaseline(baseline, settings({ wait }).settings)).modelId, "m1");
  assert.is(hokusai.seen.length, 2);
});

test("what hangs is given up after 30 seconds, and tried again", async () => {
  hokusai.fault = "hang";
  const { timeout } = AbortSignal;
  const asked: number[] = [];
  closeAfterwards(() => Object.assign(AbortSignal, { timeout }));
  AbortSignal.timeout = (milliseconds) => {
    asked.push(milliseconds);
    return timeout.call(AbortSignal, 1);
  };
  const error = await failure(settings().settings);
  assert.match(error.message, /no answer within 30 s/);
  assert.equal(asked, [30_000, 30_000, 30_000]);
});

test("what hangs is a failure of each try, whose limit is the sender's", async () => {
  let tries = 0;
  const send: SendBaseline = async () => {
    tries++;
    throw new MlflowAuthError("SERVER_UNREACHABLE", "no answer within 30 s", { transient: true, remedy: "wait" });
  };
  assert.match((await failure(settings({ send }).settings)).message, /30 s/);
  assert.is(tries, 3);
});

const refusals: [what: string, more: object, code: string, says: RegExp][] = [
  ["a wrong key", { apiKey: "wrong" }, "LOGIN_FAILED", /does not accept the API key \(status 401\)/],
  [
    "a path that is not Hokusai's",
    { endpoint: "/elsewhere" },
    "SERVER_UNREACHABLE",
    /does not register models at this address/,
  ],
];
for (const [what, more, code, says] of refusals) {
  test(`${what}: is tried once`, async () => {
    const path = (more as { endpoint?: string }).endpoint;
    const given = settings({ ...more, ...(path !== undefined && { endpoint: hokusai.origin + path }) });
    const error = await failure(given.settings);
    assert.equal([error.code, given.waits], [code, []]);
    assert.match(error.message, says);
  });
}

test("limits, refusals and pages are tried once, and each says what it is", async () => {
  const answers: [status: number, text: string, code: string, says: RegExp][] = [
    [403, '{"error":"REGISTRY_ADMIN_REQUIRED"}', "SECRET_DENIED", /does not let it register/],
    [422, "{}", "USAGE", /does not take this model/],
    [429, "{}", "SERVER_UNREACHABLE", /too many requests/],
    [307, "", "SERVER_UNREACHABLE", /status 307/],
    [200, "<!doctype html>", "SERVER_UNREACHABLE", /does not answer as Hokusai does/],
    [200, "null", "SERVER_UNREACHABLE", /does not answer as Hokusai does/],
    [200, '{"model_type":"t","version":"1"}', "SERVER_UNREACHABLE", /does not answer as Hokusai does/],
    [200, '{"model_id":"m","model_type":"t"}', "SERVER_UNREACHABLE", /does not answer as Hokusai does/],
  ];
  for (const [status, text, code, says] of answers) {
    let tries = 0;
    const send: SendBaseline = async () => {
      tries++;
      return { status, text };
    };
    const error = await failure(settings({ send }).settings);
    assert.equal([error.code, tries], [code, 1], String(status));
    assert.match(error.message, says);
  }
});

test("no redirect is followed: the key stays with Hokusai", async () => {
  const other = await startFakeHokusai({ upstream: "http://127.0.0.1:9" });
  hokusai.fault = { redirect: `${other.endpoint}/api/v1/models/baseline` };
  assert.match((await failure(settings().settings)).message, /status 307/);
  assert.equal(other.seen, []);
  await other.stop();
});

test("no key, one that breaks a line, no type, or an address in the clear: nothing is sent", async () => {
  const cases: [more: object, what: typeof baseline, code: string][] = [
    [{ apiKey: " " }, baseline, "SECRET_FORMAT"],
    [{ apiKey: "k\r\nX-Admin: 1" }, baseline, "SECRET_FORMAT"],
    [{}, { ...baseline, modelType: " " }, "USAGE"],
    [{ endpoint: "http://hokusai.example.com/api" }, baseline, "SERVER_CLEARTEXT"],
    [{ endpoint: "http://127.0.0.1.example.com/api" }, baseline, "SERVER_CLEARTEXT"],
    [{ endpoint: "ftp://hokusai.example.com" }, baseline, "USAGE"],
    [{ endpoint: "nowhere" }, baseline, "USAGE"],
    [{ endpoint: "https://hokusai.example.com/api#" }, baseline, "USAGE"],
    [{ endpoint: "https://hokusai.example.com/api?" }, baseline, "USAGE"],
    [{ endpoint: "https://hokusai.example.com@evil.example.com/api" }, baseline, "USAGE"],
  ];
  const send: SendBaseline = () => Promise.reject(new Error("nothing may be sent"));
  for (const [more, what, code] of cases) {
    assert.is((await failure(settings({ ...more, send }).settings, what)).code, code);
  }
});

test("takes the key of the environment, then that of the SDK's file", async () => {
  const home = mkdtempSync(join(tmpdir(), "mlflow-auth-hokusai-"));
  closeAfterwards(() => rmSync(home, { recursive: true }));
  const { HOME, HOKUSAI_API_KEY } = process.env;
  closeAfterwards(() => {
    Object.assign(process.env, { HOME });
    delete process.env["HOKUSAI_API_KEY"];
    if (HOKUSAI_API_KEY !== undefined) process.env["HOKUSAI_API_KEY"] = HOKUSAI_API_KEY;
  });
  const keys: string[] = [];
  const send: SendBaseline = async ({ key }) => {
    keys.push(key.reveal());
    return { status: 422, text: "{}" };
  };
  const given = settings({ send, apiKey: undefined }).settings;
  Object.assign(process.env, { HOME: home });
  delete process.env["HOKUSAI_API_KEY"];
  assert.is((await failure(given)).code, "SECRET_SOURCE");
  mkdirSync(join(home, ".hokusai"));
  writeFileSync(join(home, ".hokusai", "config"), "[default]\napi_key = of the file\n");
  await failure(given);
  process.env["HOKUSAI_API_KEY"] = "of the environment";
  await failure(given);
  assert.equal(keys, ["of the file", "of the environment"]);
});

test("an end that was asked for ends the tries at once", async () => {
  const outcomes: Record<string, () => ReturnType<SendBaseline>> = {
    "an answer": async () => ({ status: 503, text: "" }),
    "no answer": () => Promise.reject(new MlflowAuthError("SERVER_UNREACHABLE", "x", { transient: true, remedy: "y" })),
  };
  for (const [what, outcome] of Object.entries(outcomes)) {
    const ending = new AbortController();
    const send: SendBaseline = () => {
      ending.abort();
      return outcome();
    };
    const given = settings({ send, signal: ending.signal });
    assert.is((await failure(given.settings)).code, "SERVER_UNREACHABLE", what);
    assert.equal(given.waits, [], what);
  }
});

test.run();
