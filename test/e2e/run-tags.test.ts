import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { tagFault } from "../../core/src/mlflow/tag-limits.ts";
import { installTagger } from "../../core/test/library/tag-plugin.ts";
import type { Front } from "../servers/front.ts";
import { missing } from "../servers/tools.ts";
import { runsOf, type StoredRun } from "./fixture/mlflow-api.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("run tags on a real MLflow", { missing: await missing("mlflow", "vault", "nginx", "curl") });
let stage: Stage;
let front: Front;
let project: Project;

const GIVEN = { stage: 'é 𝄞 "quoted"\n', team: "theirs", "mlflow.note.content": "from the plugin" };
const JSON_BODY = ["--header", "Content-Type: application/json"];

test.before(async () => {
  stage = await startStage();
  const { vault, watch } = stage;
  const secret = watch.secret();
  await vault.put("secret/mlflow/auth", { token: secret });
  front = await stage.openFront(bearer(secret), { basePath: "/ml" });
  project = stage.createProject({
    config: `
version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/auth } }
  tagger: { file: tags.json }
`,
    env: { MLFLOW_TRACKING_URI: front.uri, VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token() },
  });
  installTagger(project);
  addProgram(project, "fetch-runs.mjs");
  project.write("tags.json", JSON.stringify(GIVEN));
});
test.after(() => stage.stop());

/** The only run of an experiment. */
async function runOf(experiment: string): Promise<StoredRun> {
  const runs = (await runsOf(stage.mlflow, experiment)) ?? [];
  assert.is(runs.length, 1);
  return runs[0] as StoredRun;
}

function assertGiven({ tags, name }: StoredRun): void {
  for (const [key, value] of Object.entries(GIVEN)) assert.is(tags[key], value, key);
  assert.is(tags["run.name"], name);
  assert.match(tags["run.experiment"] as string, /^\d+$/);
}

test("Python's mlflow through exec: its own tags stay and win, also with a client that asks no provider", async () => {
  project.write(
    "tagged.py",
    `import mlflow
experiment = mlflow.set_experiment("tags-python").experiment_id
with mlflow.start_run(run_name="fluent", tags={"team": "mine", "own": "yes"}):
    mlflow.log_param("a", 1)
mlflow.MlflowClient().create_run(experiment, run_name="client")
`,
  );
  const { code, stderr } = await project.run(["mlflow-auth", "exec", "--", "python", "tagged.py"]);
  assert.is(code, 0, stderr);
  const runs = (await runsOf(stage.mlflow, "tags-python")) ?? [];
  const [fluent, client] = ["fluent", "client"].map((name) => runs.find((run) => run.name === name) as StoredRun);
  assert.equal([fluent?.tags["team"], fluent?.tags["own"], fluent?.params], ["mine", "yes", { a: "1" }]);
  assert.is(fluent?.tags["mlflow.source.name"], "tagged.py");
  assertGiven({ ...(fluent as StoredRun), tags: { ...fluent?.tags, team: GIVEN.team } });
  assertGiven(client as StoredRun);
});

for (const sender of ["fetch", "undici"]) {
  test(`${sender} through register`, async () => {
    const program = ["node", "--import", "@mlflow-auth/core/register", "fetch-runs.mjs", `tags-${sender}`, sender];
    const { code, stderr } = await project.run(program);
    assert.equal([code, stderr], [0, ""]);
    assertGiven(await runOf(`tags-${sender}`));
  });
}

test("curl through the proxy, in both of MLflow's APIs, with 64-bit integers as they were", async () => {
  const { url, stop } = await startSidecar(project);
  const send = async (path: string, body: string, ...args: string[]) => {
    const curl = ["curl", "--silent", "--show-error", "--fail", url + path, ...JSON_BODY, ...args, "--data", body];
    const { code, stdout, stderr } = await project.run(curl);
    assert.is(code, 0, stderr);
    return JSON.parse(stdout);
  };
  const { experiment_id } = await send("/api/2.0/mlflow/experiments/create", '{"name":"tags-curl"}');
  const start = "9007199254740993";
  const chunked = ["--header", "Transfer-Encoding: chunked"];
  for (const [path, ...args] of [["/api/2.0"], ["/ajax-api/2.0"], ["/api/2.0", ...chunked]]) {
    const body = `{"experiment_id":"${experiment_id}","start_time":${start},"run_name":"by hand","tags":[{"key":"own","value":"é"}]}`;
    const { run } = await send(`${path}/mlflow/runs/create`, body, ...args);
    // MLflow writes 64-bit integers with all their digits. JSON.parse would round them.
    const { stdout } = await project.run([
      "curl",
      "--silent",
      `${url}/api/2.0/mlflow/runs/get?run_id=${run.info.run_id}`,
    ]);
    assert.match(stdout, new RegExp(`"start_time": ?"?${start}`));
  }
  const runs = (await runsOf(stage.mlflow, "tags-curl")) ?? [];
  assert.is(runs.length, 3);
  for (const run of runs) {
    assertGiven(run);
    assert.is(run.tags["own"], "é");
  }
  await stop();
});

const failing = (experiment: string) => {
  const text = `import mlflow\nmlflow.set_experiment("${experiment}")\nmlflow.start_run(run_name="late")\n`;
  project.write("failing.py", text);
  return project.start(["mlflow-auth", "exec", "--", "python", "failing.py"]);
};

test("a plugin that fails stops the run, and the client hears why at once", async () => {
  project.write("tags.json", "denied");
  const { code, stderr } = await failing("tags-denied").finished;
  project.write("tags.json", JSON.stringify(GIVEN));
  assert.is.not(code, 0);
  assert.match(stderr, /no run is created on .* without the tags of tagger: the directory refuses/);
  assert.equal(await runsOf(stage.mlflow, "tags-denied"), []);
});

test("an outage behind a plugin is waited for by Python's mlflow: the run is created with its tags", async () => {
  project.write("tags.json", "down");
  const { stderr, finished } = failing("tags-down");
  let ended = false;
  void finished.catch(() => undefined).then(() => (ended = true));
  while (!ended && !stderr().includes("the directory is down")) await sleep(20);
  project.write("tags.json", JSON.stringify(GIVEN));
  const end = await finished;
  assert.is(end.code, 0, end.stderr);
  assertGiven(await runOf("tags-down"));
});

test("mlflow-auth tags says beforehand what they are", async () => {
  const { code, stdout } = await project.run(["mlflow-auth", "tags", "--json"]);
  assert.is(code, 0);
  const { tags, sources } = JSON.parse(stdout);
  assert.is(tags.stage, GIVEN.stage);
  assert.equal([...new Set(Object.values(sources))], ["tagger"]);
});

test("the limits on keys are MLflow's own", async () => {
  const api = `${stage.mlflow.uri}/api/2.0/mlflow`;
  const { id } = await runOf("tags-fetch");
  const keys = [
    "a/b.c-d_e f:g",
    "é",
    "日本",
    "a+b",
    "a=b",
    "a@b",
    "a\tb",
    "",
    "..",
    "..a",
    ".a",
    "a.",
    "/a",
    "a/",
    "a//b",
    "a/./b",
    "a/../b",
    "x".repeat(250),
    "x".repeat(251),
  ];
  for (const key of keys) {
    const body = JSON.stringify({ run_id: id, key, value: "1" });
    const answer = await fetch(`${api}/runs/set-tag`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    assert.is(answer.ok, tagFault(key, "1") === undefined, `${key.slice(0, 20)}: ${await answer.text()}`);
  }
});

test.run();
