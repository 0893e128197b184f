import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { ServerConfig } from "../../src/config/config.js";
import { isMlflowAuthError, MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { createsRun } from "../../src/mlflow/endpoints.js";
import type { BoundTags, TagPipeline } from "../../src/pipeline/tags.js";
import type { Run } from "../../src/provider/provider.js";
import { authorizerOver, boundTags, type LogLine } from "./authorizer-fixture.js";

const test = suite("run tags");
const uri = "https://mlflow.test";
const run: Run = { experimentId: "1", runName: "r", tags: {} };

function pipelineOver(
  ...tags: BoundTags[]
): TagPipeline & { log: LogLine[]; clock: ReturnType<typeof authorizerOver>["clock"] } {
  const { authorizer, log, clock } = authorizerOver([{ uri, tags }]);
  const server = authorizer.serverFor(`${uri}/x`) as ServerConfig;
  return {
    resolve: (given) => authorizer.tags(server, given),
    warnUntagged: (why) => authorizer.warnUntagged(server, why),
    log,
    clock,
  };
}

async function failure(attempt: Promise<unknown>): Promise<MlflowAuthError> {
  const thrown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(isMlflowAuthError(thrown), String(thrown));
  return thrown as MlflowAuthError;
}

test("every provider adds its own, told of the run; one out of context adds none", async () => {
  const told: Run[] = [];
  const idle = {
    ...boundTags("idle", () => ({ idle: "1" })),
    provider: { inContext: async () => false, tags: () => ({ x: "1" }) },
  };
  const tell = (given: Run) => {
    told.push(given);
    return Promise.resolve({ team: "a", "mlflow.user": "u" });
  };
  const { tags, sources } = await pipelineOver(
    boundTags("d", tell),
    idle,
    boundTags("e", () => ({ empty: "" })),
  ).resolve(run);
  assert.equal({ ...tags }, { team: "a", "mlflow.user": "u", empty: "" });
  assert.equal({ ...sources }, { team: "d", "mlflow.user": "d", empty: "e" });
  assert.equal(told, [run]);
});

test("at debug one can follow who gave which tag, but never a value", async () => {
  const { authorizer, log } = authorizerOver([{ uri, tags: [boundTags("d", () => ({ team: canary }))] }], undefined, {
    debug: true,
  });
  await authorizer.tags(authorizer.serverFor(uri) as ServerConfig, run);
  assert.equal(
    log.map(({ level, message }) => [level, message]),
    [["debug", "a run on https://mlflow.test: team from d"]],
  );
});

test("of two that set the same key the later in the list wins, with one warning", async () => {
  const slow = new Promise<Record<string, string>>((resolve) => setImmediate(resolve, { k: "first" }));
  const { resolve, log } = pipelineOver(
    boundTags("a", () => slow),
    boundTags("b", () => ({ k: "second", ["__proto__"]: "p" })),
  );
  for (let i = 0; i < 3; i++) {
    const { tags, sources } = await resolve(run);
    assert.equal(Object.entries(tags), [
      ["k", "second"],
      ["__proto__", "p"],
    ]);
    assert.is(sources["k"], "b");
  }
  assert.equal(
    log.map(({ level }) => level),
    ["warn"],
  );
  assert.match(log[0]?.message as string, /plugins a and b both set the run tag k .* b, the later/);
  assert.not.match(log[0]?.message as string, "second");
});

test("a provider that fails stops the creation of runs, by its own code and with a way out", async () => {
  const down = new MlflowAuthError("SECRET_UNREACHABLE", "it is down", { transient: true, remedy: "start it" });
  const error = await failure(
    pipelineOver(
      boundTags("ok", () => ({ a: "1" })),
      boundTags("d", () => Promise.reject(down)),
    ).resolve(run),
  );
  assert.equal([error.code, error.plugin, error.server, error.transient], ["SECRET_UNREACHABLE", "d", uri, true]);
  assert.match(error.message, /no run is created on https:\/\/mlflow\.test without the tags of d: .*it is down/);
  assert.match(error.remedy as string, /start it, or set `optional: true` in plugins\.d/);
});

test("it stops nothing else: credentials and headers are given all the same", async () => {
  const { authorizer } = authorizerOver([{ uri, tags: [boundTags("d", () => Promise.reject(new Error("no")))] }]);
  assert.ok(authorizer.authorize({ url: `${uri}/api/2.0/mlflow/runs/get`, method: "GET" }));
  assert.is(authorizer.serverFor("https://elsewhere.test/"), undefined);
});

test("an optional one that fails is a warning, once per failure", async () => {
  const down = new MlflowAuthError("SECRET_UNREACHABLE", "it is down");
  const { resolve, log } = pipelineOver(
    boundTags("d", () => Promise.reject(down), true),
    boundTags("e", () => ({ a: "1" })),
  );
  for (let i = 0; i < 3; i++) assert.equal({ ...(await resolve(run)).tags }, { a: "1" });
  assert.is(log.length, 1);
  assert.match(log[0]?.message as string, /it is down; runs are created without its tags/);
});

test("one that hangs is abandoned after its time-out, in inContext as well", async () => {
  const hangs = () => new Promise<never>(() => {});
  const bound = (provider: BoundTags["provider"]): BoundTags => ({
    instance: "slow",
    timeout: 200,
    optional: false,
    provider,
  });
  for (const provider of [
    { inContext: hangs, tags: () => ({}) },
    { inContext: () => true, tags: hangs },
  ]) {
    const { resolve, clock } = pipelineOver(bound(provider));
    const failed = failure(resolve(run));
    await clock.advance(200);
    assert.is((await failed).code, "PLUGIN_TIMEOUT");
    assert.is(clock.pending, 0);
  }
});

const canary = ["can", "ary", process.pid].join("-");
const high = "\ud834";

const wrong: Record<string, [code: string, tags: () => unknown]> = {
  undefined: ["PLUGIN_RESULT", () => undefined],
  null: ["PLUGIN_RESULT", () => null],
  "a text": ["PLUGIN_RESULT", () => canary],
  "a list": ["PLUGIN_RESULT", () => [{ key: "a", value: canary }]],
  "a Map": ["PLUGIN_RESULT", () => new Map([["a", canary]])],
  "a number for a value": ["PLUGIN_RESULT", () => ({ a: 1 })],
  "no value": ["PLUGIN_RESULT", () => ({ a: undefined })],
  "an object for a value": ["PLUGIN_RESULT", () => ({ a: { canary } })],
  "an empty key": ["TAG_INVALID", () => ({ "": canary })],
  "a key of 251 bytes": ["TAG_INVALID", () => ({ [`${"é".repeat(125)}x`]: canary })],
  "a key with a line break": ["TAG_INVALID", () => ({ [`${canary}\n`]: "" })],
  "a key with a character that MLflow refuses": ["TAG_INVALID", () => ({ [`${canary}=`]: "" })],
  "a key that leads upwards": ["TAG_INVALID", () => ({ [`a/../${canary}`]: "" })],
  "a key from the root": ["TAG_INVALID", () => ({ [`/${canary}`]: "" })],
  "a key with an empty part": ["TAG_INVALID", () => ({ [`${canary}//b`]: "" })],
  "a value of 8,001 characters": ["TAG_INVALID", () => ({ a: canary.padEnd(8001, "x") })],
  "half of a surrogate pair": ["TAG_INVALID", () => ({ a: canary + high })],
  "a thrown error": [
    "PLUGIN_FAILED",
    () => {
      throw new TypeError(canary);
    },
  ],
  "a getter that throws": [
    "PLUGIN_FAILED",
    () => ({
      get a() {
        throw new Error(canary);
      },
    }),
  ],
};

for (const [name, [code, tags]] of Object.entries(wrong)) {
  test(`an answer that is wrong fails, names the plugin and quotes nothing: ${name}`, async () => {
    const error = await failure(pipelineOver(boundTags("rubbish", tags as never)).resolve(run));
    assert.is(error.code, code);
    assert.match(error.message, /rubbish/);
    assert.not.match(`${error.message} ${error.stack} ${error.remedy}`, canary);
    const { resolve, log } = pipelineOver(boundTags("rubbish", tags as never, true));
    assert.equal({ ...(await resolve(run)).tags }, {});
    assert.not.match(JSON.stringify(log), canary);
  });
}

test("what MLflow takes is taken: up to the limits, in its alphabet", async () => {
  const given = { ["é".repeat(125)]: "1", "a/b.c-d_e f:g": "2", "mlflow.note.content": "𝄞".repeat(8000) };
  assert.equal({ ...(await pipelineOver(boundTags("d", () => given)).resolve(run)).tags }, given);
});

const creations = [
  "/api/2.0/mlflow/runs/create",
  "/ajax-api/2.0/mlflow/runs/create",
  "/api/3.0/mlflow/runs/create?x=1",
  "/base/path/api/2.0/mlflow/runs/create",
  "/api/2.0/mlflow/runs/%63reate",
  "/api/2%2E0/mlflow%2fruns/create",
  "/api/2.0/./mlflow/x/../runs/create",
  "//api//2.0/mlflow/runs//create",
  "/api/2.0/mlflow/runs/create#x",
];
const others = [
  "/api/2.0/mlflow/runs/create/",
  "/api/2.0/mlflow/runs/created",
  "/api/2.0/mlflow/runs/creat%",
  "/api/2.0/mlflow/runs/get?x=/api/2.0/mlflow/runs/create",
  "/api/2.0/mlflow/experiments/create",
  "/api/2.0/mlflow-artifacts/mpu/create/api/2.0/mlflow/runs/create",
  "/mlflow/runs/create",
];

test("creating a run is told by method and path, in every spelling that servers read so", () => {
  for (const path of creations) {
    for (const url of [uri + path, path.replace(/^\/+/, "/")]) assert.ok(createsRun({ url, method: "POST" }), url);
    assert.not.ok(createsRun({ url: uri + path, method: "GET" }), path);
  }
  for (const path of others) assert.not.ok(createsRun({ url: uri + path, method: "POST" }), path);
});

test.run();
