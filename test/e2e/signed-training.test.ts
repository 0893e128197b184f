/** A training whose requests AWS's signatures protect: programs as they are, before a judge of signatures and a real MLflow. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type RealMlflow, startMlflow } from "../servers/mlflow.ts";
import { environmentOf, makeKeys } from "../servers/secrets-manager-fake.ts";
import { type Sigv4Judge, startSigv4Judge } from "../servers/sigv4-judge.ts";
import { missing } from "../servers/tools.ts";
import { countExperiments, runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, createProject, type Project } from "./fixture/project.ts";
import { refusedOf } from "./fixture/signed-scene.ts";
import { createWatch } from "./fixture/watch.ts";

const test = suite("a training before MLflow, signed for AWS", {
  missing: await missing("mlflow", "moto"),
  timeout: 240,
});

const ARN = "arn:aws:sagemaker:eu-central-1:111122223333:mlflow-tracking-server/team";

let mlflow: RealMlflow;
test.before(async () => {
  mlflow = await startMlflow();
});
test.after(() => mlflow.stop());

async function openProject(options: object): Promise<{ judge: Sigv4Judge; project: Project }> {
  const watch = createWatch();
  const keys = { ...makeKeys(watch.secret()), sessionToken: watch.secret() };
  const judge = await startSigv4Judge({ keys: [keys], upstream: mlflow.uri });
  closeAfterwards(() => judge.stop());
  const config = JSON.stringify({ version: 1, trackingUri: judge.uri, plugins: { sigv4: options } });
  // A switch of the Python client, which signs by itself where nobody takes it away.
  const env = {
    MLFLOW_TRACKING_URI: judge.uri,
    MLFLOW_TRACKING_AWS_SIGV4: "true",
    ...environmentOf(keys),
    AWS_SESSION_TOKEN: keys.sessionToken,
  };
  const project = createProject({ config, env, python: mlflow.python, watch });
  closeAfterwards(project.remove);
  return { judge, project };
}

const programs = {
  "Python's mlflow through exec": ["mlflow-auth", "exec", "--", "python", "train.py"],
  "npm's mlflow through register": ["node", "--import", "@mlflow-auth/core/register", "npm-mlflow.cjs"],
  "fetch through register": ["node", "--import", "@mlflow-auth/core/register", "fetch-runs.mjs"],
};
for (const [what, command] of Object.entries(programs)) {
  test(`${what} works as it is, for API Gateway and for SageMaker`, async () => {
    for (const options of [{ region: "eu-central-1" }, { arn: ARN }]) {
      const { judge, project } = await openProject(options);
      const isSageMaker = "arn" in options;
      await judge.set({
        service: isSageMaker ? "sagemaker-mlflow" : "execute-api",
        required: isSageMaker ? { "x-mlflow-sm-tracking-server-arn": ARN } : {},
      });
      const program = command.at(-1) as string;
      addProgram(project, program);
      const experiment = `signed-${program}-${isSageMaker}`;
      const { code, stderr } = await project.run([...command, experiment, "fetch"], { timeout: 120 });
      assert.is(code, 0, stderr);
      assert.ok(((await runsOf(mlflow, experiment)) ?? []).length > 0);
      const seen = await judge.requests();
      assert.ok(seen.length > 2);
      assert.equal(refusedOf(seen), []);
    }
  });
}

test("without mlflow-auth the same program is refused, and nothing is created", async () => {
  const { judge, project } = await openProject({ region: "eu-central-1" });
  addProgram(project, "fetch-runs.mjs");
  const before = await countExperiments(mlflow);
  const { code } = await project.run(["node", "fetch-runs.mjs", "bare", "fetch"]);
  assert.is.not(code, 0);
  assert.is(await countExperiments(mlflow), before);
  assert.equal(
    (await judge.requests()).map(({ refused }) => refused),
    ["MissingAuthenticationTokenException"],
  );
});

test("doctor walks the chain to MLflow with signed requests", async () => {
  const { judge, project } = await openProject({ region: "eu-central-1" });
  const { code, stdout, stderr } = await project.run(["mlflow-auth", "doctor"], { timeout: 60 });
  assert.is(code, 0, `${stdout}${stderr}`);
  assert.match(stdout, /request +the credential of sigv4 is accepted, and MLflow answers/);
  assert.equal(
    (await judge.requests()).map(({ target, refused }) => [target, refused === undefined]),
    [
      ["/health", false],
      ["/api/2.0/mlflow/experiments/search", true],
      ["/api/2.0/mlflow/experiments/search", false],
    ],
    "with a signature, and before and after that without one",
  );
});

test.run();
