/** What a user of Hokusai does: a real MLflow behind its proxy, by both of its endpoints, and what goes on where it is not there. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type FakeHokusai, type HokusaiOptions, startFakeHokusai } from "../servers/hokusai-fake.ts";
import { type RealMlflow, startMlflow } from "../servers/mlflow.ts";
import { missing } from "../servers/tools.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, createProject, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { createWatch } from "./fixture/watch.ts";

const test = suite("MLflow behind Hokusai", { missing: await missing("mlflow", "curl"), timeout: 240 });
const watch = createWatch();
let mlflow: RealMlflow;
test.before(async () => {
  mlflow = await startMlflow();
});
test.after(() => mlflow.stop());

/** Each of the two endpoints, with the paths of the server behind it, and what the file says of it. */
const endpoints = [
  { endpoint: "proxy", behind: "plain", options: {} },
  { endpoint: "proxy", behind: "registry", options: {} },
  { endpoint: "direct", behind: "registry", options: { access: "direct" } },
] as const;

interface Setting {
  readonly endpoint: "proxy" | "direct";
  readonly behind?: NonNullable<HokusaiOptions["behind"]>;
  readonly options?: object;
  readonly env?: Record<string, string>;
  /** More of the file. */
  readonly server?: object;
}

async function prepare({ endpoint, behind = "plain", options = {}, env, server = {} }: Setting) {
  const hokusai = await startFakeHokusai({ upstream: mlflow.uri, behind, key: watch.secret() });
  closeAfterwards(() => hokusai.stop());
  const uri = hokusai[endpoint];
  const config = JSON.stringify({ version: 1, trackingUri: uri, ...server, plugins: { hokusai: options } });
  const usual = { HOKUSAI_API_KEY: hokusai.keys.admin, HOKUSAI_API_ENDPOINT: hokusai.endpoint };
  const project = createProject({
    config,
    env: { MLFLOW_TRACKING_URI: uri, ...(env ?? usual) },
    python: mlflow.python,
    watch,
  });
  closeAfterwards(project.remove);
  for (const name of ["train.py", "one-run.py", "fetch-runs.mjs", "npm-mlflow.cjs"]) addProgram(project, name);
  return { hokusai, project };
}

/** Every request brought the key, none was refused, and MLflow saw nothing of it. */
function checkKeys({ seen }: FakeHokusai): void {
  assert.ok(seen.length > 3);
  for (const { path, status, keyIn, forwarded } of seen) {
    assert.equal([status === 401, keyIn], [false, "X-API-Key"], path);
    const names = forwarded?.headers.filter((name) => /api-key|authorization|hokusai/.test(name));
    assert.equal(names, [], path);
  }
}

async function ran(project: Project, command: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await project.run(command, { timeout: 120, env });
  assert.is(code, 0, stdout + stderr);
  return stderr;
}

for (const setting of endpoints) {
  const { endpoint, behind } = setting;
  const where = `${endpoint} before a ${behind} server`;
  const name = (program: string) => `${endpoint}-${behind}-${program}`;

  test(`${where}: Python's mlflow with runs, artifacts, traces and models, through exec`, async () => {
    const { hokusai, project } = await prepare(setting);
    await ran(project, ["mlflow-auth", "exec", "--", "python", "train.py", name("python")]);
    assert.equal(
      (await runsOf(mlflow, name("python")))?.map(({ name, status }) => [name, status]),
      [
        ["fit", "FINISHED"],
        ["model", "FINISHED"],
      ],
    );
    checkKeys(hokusai);
    const forms = hokusai.seen.map(({ forwarded }) => /^\/(ajax-)?api\//.exec(forwarded?.path ?? "")?.[0]);
    const expected = behind === "plain" ? "/api/" : "/ajax-api/";
    assert.ok(forms.every((form) => form === undefined || form === expected || form === "/ajax-api/"));
    assert.ok(forms.includes(expected));
  });

  test(`${where}: Node, with fetch and with npm's mlflow`, async () => {
    const { hokusai, project } = await prepare(setting);
    const register = ["node", "--import", "@mlflow-auth/core/register"];
    await ran(project, [...register, "fetch-runs.mjs", name("node"), "fetch"]);
    await ran(project, [...register, "npm-mlflow.cjs", name("npm")]);
    assert.is((await runsOf(mlflow, name("node")))?.length, 1);
    assert.is((await runsOf(mlflow, name("npm")))?.length, 3);
    checkKeys(hokusai);
  });

  test(`${where}: curl, an artifact, and paths in either form`, async () => {
    const { hokusai, project } = await prepare(setting);
    const { url, stop } = await startSidecar(project);
    const curl = (...args: string[]) => ran(project, ["curl", "--silent", "--show-error", "--fail", ...args]);
    const artifact = `mlflow-artifacts/artifacts/${name("curl")}/a%20b+c.txt`;
    project.write("sent", "what was sent");
    await curl("--upload-file", "sent", `${url}/api/2.0/${artifact}`);
    await curl("--output", "got", `${url}/ajax-api/2.0/${artifact}`);
    await ran(project, ["cmp", "sent", "got"]);
    await curl("--output", "got", `${url}/ajax-api/2.0/mlflow/experiments/search?max_results=1`);
    const registered = ["--header", "Content-Type: application/json", "--data", `{"name":"${name("curl")}"}`];
    await curl(...registered, `${url}/api/2.0/mlflow/registered-models/create`);
    // A DELETE that has a body.
    await curl("--request", "DELETE", ...registered, `${url}/api/2.0/mlflow/registered-models/delete`);
    checkKeys(hokusai);
    assert.is((await stop()).code, 0);
  });
}

test("reads need no key on the direct endpoint, and a write without one says what to do", async () => {
  const { hokusai, project } = await prepare({
    endpoint: "direct",
    behind: "registry",
    options: { access: "direct" },
    server: { anonymous: "allowed" },
    env: {},
  });
  const { url, stop } = await startSidecar(project);
  const read = `${url}/api/2.0/mlflow/experiments/search?max_results=1`;
  await ran(project, ["curl", "--silent", "--show-error", "--fail", "--output", "got", read]);
  const { code, stderr } = await project.run(["mlflow-auth", "exec", "--", "python", "one-run.py", "none"]);
  assert.is.not(code, 0);
  assert.match(stderr, /writes, which needs an API key of Hokusai's, and there is none/);
  assert.match(stderr, /HOKUSAI_API_KEY/);
  assert.is(await runsOf(mlflow, "none"), undefined);
  assert.ok(hokusai.seen.every(({ keyIn, status }) => keyIn === undefined && status !== 401));
  await stop();
});

test("an ordinary program goes on where Hokusai's key service fails, and says what was not recorded", async () => {
  const { hokusai, project } = await prepare({ endpoint: "proxy" });
  hokusai.fault = "key-service";
  const optional = { HOKUSAI_OPTIONAL_MLFLOW: "true" };
  const stderr = await ran(project, ["mlflow-auth", "exec", "--", "python", "one-run.py", "lost"], optional);
  assert.match(stderr, /runs\/create is NOT RECORDED at .*: MLflow answers 503/);
  assert.not.match(stderr, /was created:/);
  assert.match(stderr, /NOT RECORDED at .*, because it was unavailable: .*1 × runs\/create.*1 × runs\/log-metric/);
  await hokusai.stop();
  const down = await ran(project, ["mlflow-auth", "exec", "--", "python", "one-run.py", "lost"], optional);
  assert.match(down, /runs\/create is NOT RECORDED at .*: MLflow can't be reached: nothing listens there/);
  assert.is(await runsOf(mlflow, "lost"), undefined);
});

test("mock mode sends nothing, and says so loudly", async () => {
  const { hokusai, project } = await prepare({ endpoint: "proxy", env: { HOKUSAI_MOCK_MODE: "true" } });
  const stderr = await ran(project, ["mlflow-auth", "exec", "--", "python", "one-run.py", "mock"]);
  assert.match(stderr, /MOCK MODE: nothing reaches/);
  const register = ["node", "--import", "@mlflow-auth/core/register"];
  assert.match(await ran(project, [...register, "fetch-runs.mjs", "mock", "fetch"]), /MOCK MODE: nothing reaches/);
  assert.not.match(stderr, /was created:/);
  assert.equal(hokusai.seen, []);
  assert.is(await runsOf(mlflow, "mock"), undefined);
});

test("the command registers a baseline with the key of the file, without MLflow", async () => {
  const { hokusai, project } = await prepare({ endpoint: "proxy" });
  const words = ["--model-type", "lead_scoring", "--model-id", "m1", "--model-version", "2.0", "--metric", "auc=0.91"];
  const { code, stdout, stderr } = await project.run(["mlflow-auth", "hokusai", "register-baseline", ...words]);
  assert.equal([code, stdout], [0, "registered lead_scoring as m1, version 2.0\n"], stderr);
  assert.equal(hokusai.registered, [
    {
      model_type: "lead_scoring",
      mlflow_run_id: null,
      metadata: { model_id: "m1", version: "2.0", metrics: { auc: 0.91 } },
    },
  ]);
});

test("the command waits for Hokusai between its tries, and ends with 4 where it does not come back", async () => {
  const { hokusai, project } = await prepare({ endpoint: "proxy" });
  hokusai.fault = "key-service";
  const command = ["mlflow-auth", "hokusai", "register-baseline", "--model-type", "lead_scoring"];
  const { code, stderr } = await project.run(command);
  assert.is(code, 4, stderr);
  assert.match(stderr, /SERVER_UNREACHABLE: .* fails, three times \(status 503\)/);
  assert.is(hokusai.seen.length, 3);
  project.write(
    "register.mjs",
    `import { registerBaseline } from "@mlflow-auth/plugin-hokusai";
console.log((await registerBaseline({ modelType: "t", metadata: { model_id: "m2" } })).modelId);
`,
  );
  hokusai.fault = undefined;
  assert.is((await project.run(["node", "register.mjs"])).stdout, "m2\n");
});

test.run();
