import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Front } from "../servers/front.ts";
import { missing } from "../servers/tools.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { protectedProject } from "./fixture/protected-project.ts";
import { type Stage, startStage } from "./fixture/stage.ts";

const test = suite("Node programs through register", { missing: await missing("mlflow", "vault", "nginx") });
let stage: Stage;

test.before(async () => {
  stage = await startStage();
});
test.after(() => stage.stop());

const REGISTERED = ["node", "--import", "@mlflow-auth/core/register"];

async function nodeProject(mode: "bearer" | "basic"): Promise<{ project: Project; front: Front }> {
  const { project, front } = await protectedProject(stage, mode, { basePath: "/ml" });
  addProgram(project, "npm-mlflow.cjs");
  addProgram(project, "fetch-runs.mjs");
  return { project, front };
}

async function assertNoneRefused(front: Front): Promise<void> {
  const seen = await front.requests();
  assert.ok(seen.length > 0);
  assert.equal(
    seen.filter(({ status, credential }) => status !== 200 || !credential),
    [],
  );
}

for (const mode of ["bearer", "basic"] as const) {
  test(`npm's mlflow works unchanged behind a front that enforces ${mode}`, async () => {
    const { project, front } = await nodeProject(mode);
    const { code, stdout, stderr } = await project.run([...REGISTERED, "npm-mlflow.cjs", `npm-${mode}`]);
    assert.equal([code, stderr], [0, ""]);
    const runs = (await runsOf(stage.mlflow, `npm-${mode}`)) ?? [];
    assert.equal(runs.map(({ id }) => id).sort(), JSON.parse(lastLine(stdout)).sort());
    for (const [index, { status, params, metrics, tags }] of runs.entries()) {
      assert.is(status, "FINISHED");
      assert.equal(params, { index: String(index), batch: "yes" });
      assert.equal(metrics, { loss: index / 4, accuracy: 0.5 });
      assert.equal([tags["team"], tags["batch"]], ["e2e", "yes"]);
    }
    await assertNoneRefused(front);
  });

  for (const sender of ["fetch", "undici"]) {
    test(`${sender} works unchanged behind a front that enforces ${mode}`, async () => {
      const { project, front } = await nodeProject(mode);
      const name = `${sender}-${mode}`;
      const { code, stdout, stderr } = await project.run([...REGISTERED, "fetch-runs.mjs", name, sender]);
      assert.equal([code, stderr], [0, ""]);
      const [run, ...others] = (await runsOf(stage.mlflow, name)) ?? [];
      assert.equal([run?.id, run?.name, run?.params], [stdout.trim(), sender, { sender }]);
      assert.equal(others, []);
      await assertNoneRefused(front);
    });
  }
}

test("the same programs without register are refused, and nothing is created", async () => {
  const { project, front } = await nodeProject("bearer");
  for (const [name, ...args] of [["npm-mlflow.cjs"], ["fetch-runs.mjs", "fetch"], ["fetch-runs.mjs", "undici"]]) {
    const { code } = await project.run(["node", name as string, "bare", ...args]);
    assert.is.not(code, 0);
  }
  assert.is(await runsOf(stage.mlflow, "bare"), undefined);
  const seen = await front.requests();
  assert.equal(
    seen.map(({ status, credential }) => [status, credential]),
    Array(3).fill([401, false]),
  );
});

test("an Authorization header of the program's own does not beat the file", async () => {
  const { project, front } = await nodeProject("bearer");
  project.write(
    "ambient.mjs",
    "console.log((await fetch(process.argv[2], { headers: { Authorization: 'Bearer old' } })).status)",
  );
  const url = `${front.uri}/api/2.0/mlflow/experiments/search?max_results=1`;
  const { stdout } = await project.run([...REGISTERED, "ambient.mjs", url]);
  assert.is(stdout, "200\n");
});

test("a tracking URI that ends in a slash is none the worse: what MLflow answers with 404 behind two slashes, it takes", async () => {
  const { project, front } = await nodeProject("bearer");
  const status = "console.log((await fetch(process.argv[2], { method: process.argv[3] })).status)";
  project.write("status.mjs", status);
  // 422: MLflow misses the id of the experiment.
  for (const [path, method, bare, ours] of [
    ["v1/traces", "POST", 404, 422],
    ["api/2.0/mlflow/experiments/search?max_results=1", "GET", 200, 200],
  ] as const) {
    assert.is((await fetch(`${stage.mlflow.uri}//${path}`, { method })).status, bare);
    const { stdout } = await project.run([...REGISTERED, "status.mjs", `${front.uri}//${path}`, method]);
    assert.is(stdout, `${ours}\n`);
  }
  assert.equal(
    (await front.requests()).map(({ credential }) => credential),
    [true, true],
  );
});

test("other traffic of the program goes out as it is", async () => {
  const { project } = await nodeProject("bearer");
  const other = await stage.openFront("Bearer something else");
  project.write("other.mjs", "console.log((await fetch(process.argv[2])).status)");
  const { stdout } = await project.run([...REGISTERED, "other.mjs", `${other.uri}/api/2.0/mlflow/experiments/search`]);
  assert.is(stdout, "401\n");
  assert.equal(
    (await other.requests()).map(({ credential }) => credential),
    [false],
  );
});

test("an invalid file stops the program before it starts, with every problem and exit code 3", async () => {
  const { project, front } = await nodeProject("bearer");
  project.write(
    "mlflow-auth.yaml",
    `version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault:
    adress: \${VAULT_ADDR}
    secret: { path: mlflow/bearer }
    cache: { ttl: soon }
`,
  );
  project.write("program.mjs", "console.log('started'); await fetch(process.env.MLFLOW_TRACKING_URI + '/health');");
  const { code, stdout, stderr } = await project.run([...REGISTERED, "program.mjs"]);
  assert.equal([code, stdout], [3, ""]);
  assert.match(stderr, /^mlflow-auth\.yaml:5:5 {2}UNKNOWN_FIELD {2}.*address/m);
  assert.match(stderr, /^mlflow-auth\.yaml:7:19 {2}WRONG_VALUE {2}/m);
  assert.equal(await front.requests(), []);
});

test("without a file the program does not start either", async () => {
  const { project } = await nodeProject("bearer");
  project.write("program.mjs", "console.log('started')");
  const env = { MLFLOW_AUTH_CONFIG: "other.yaml" };
  const { code, stdout, stderr } = await project.run([...REGISTERED, "program.mjs"], { env });
  assert.equal([code, stdout], [3, ""]);
  assert.match(stderr, "CONFIG_NOT_FOUND");
});

test.run();

/** The package itself prints lines, too. */
function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) as string;
}
