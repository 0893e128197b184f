import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { refusedBy } from "../servers/front.ts";
import { missing } from "../servers/tools.ts";
import { countExperiments, runsOf } from "./fixture/mlflow-api.ts";
import { addProgram } from "./fixture/project.ts";
import { protectedProject } from "./fixture/protected-project.ts";
import { type Stage, startStage } from "./fixture/stage.ts";

const test = suite("Python's mlflow through exec", { missing: await missing("mlflow", "vault", "nginx") });
let stage: Stage;

test.before(async () => {
  stage = await startStage();
});
test.after(() => stage.stop());

async function training(mode: "bearer" | "basic") {
  const { project, front } = await protectedProject(stage, mode);
  addProgram(project, "train.py");
  return { project, front };
}

for (const mode of ["bearer", "basic"] as const) {
  test(`an unchanged training script does everything behind a front that enforces ${mode}`, async () => {
    const { project, front } = await training(mode);
    const { code, stdout, stderr } = await project.run(
      ["mlflow-auth", "exec", "--", "python", "train.py", `train-${mode}`],
      { env: { MLFLOW_TRACKING_TOKEN: "of yesterday" } },
    );
    assert.is(code, 0, stderr);
    const made = JSON.parse(stdout.trim().split("\n").at(-1) as string) as { run: string };
    const runs = await runsOf(stage.mlflow, `train-${mode}`);
    assert.equal(
      runs?.map(({ name, status }) => [name, status]),
      [
        ["fit", "FINISHED"],
        ["model", "FINISHED"],
      ],
    );
    assert.is(runs?.[0]?.id, made.run);
    assert.match(stderr, `mlflow-auth: using mlflow-auth.yaml for ${front.uri}`);
    assert.equal(await refusedBy(front), []);
  });
}

test("the same script without mlflow-auth is refused, and nothing is created", async () => {
  const { project, front } = await training("bearer");
  const before = await countExperiments(stage.mlflow);
  const { code, stderr } = await project.run(["python", "train.py", "bare"]);
  assert.is.not(code, 0);
  assert.match(stderr, "401");
  assert.is(await runsOf(stage.mlflow, "bare"), undefined);
  assert.is(await countExperiments(stage.mlflow), before);
  const seen = await front.requests();
  assert.ok(seen.length > 0);
  assert.ok(seen.every(({ status, credential }) => status === 401 && !credential));
});

test.run();
