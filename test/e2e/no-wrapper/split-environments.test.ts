/** MLflow and this package in two halves of one environment: a Python of the machine's, and a virtual environment over it that has its packages. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type SmallStage, startSmallStage } from "../../examples/small-stage.ts";
import { emptyFolder } from "../../packages/python/environment.ts";
import { ownNode, pipInstallOurs } from "../../packages/python/layered-environment.ts";
import { plainPython } from "../../packages/python/plain-python.ts";
import { findPython, pythonIn } from "../../servers/installation/python.ts";
import { sitePackages } from "../../servers/installation/python-layer.ts";
import { run } from "../../servers/installation/run.ts";
import { missing, mlflowPython } from "../../servers/tools.ts";

const test = suite("a virtual environment that has the packages of the Python below it", {
  missing: await missing("mlflow"),
});
const CONFIG = `
version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/auth } }
`;

let stage: SmallStage;
test.before(async () => {
  stage = await startSmallStage();
  closeAfterwards(() => stage.stop());
});

/** A Python of the machine's, as far as a test may have one, and a virtual environment over it. */
async function halves(): Promise<{ below: string; over: string }> {
  const below = await plainPython((await findPython())?.path as string);
  const folder = emptyFolder("over");
  await run(below, ["-m", "venv", "--without-pip", "--system-site-packages", folder]);
  return { below, over: pythonIn(folder) };
}

/** Without a copy of it. */
async function addMlflow(python: string): Promise<void> {
  const own = await run(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]);
  const theirs = sitePackages(dirname(dirname(await mlflowPython())));
  writeFileSync(join(own.trim(), "mlflow.pth"), `${theirs}\n`);
}

const PROGRAM = "import mlflow; print(mlflow.search_experiments()[0].name)";

async function assertWorks(python: string): Promise<void> {
  const env = { ...ownNode, MLFLOW_TRACKING_AUTH: "mlflow-auth" };
  const project = stage.createProject(CONFIG, { python, npm: false, env });
  const { code, stdout, stderr } = await project.run(["python", "-c", PROGRAM]);
  assert.is(code, 0, stderr);
  assert.is(stdout, "Default\n");
  const doctor = await project.run(["python", "-m", "mlflow_auth", "doctor"]);
  assert.match(doctor.stdout, "All is well.\n", doctor.stderr);
  const plugins = await project.run(["python", "-m", "mlflow_auth", "plugins"]);
  assert.match(plugins.stdout, "enabled as vault");
}

test("mlflow-auth below, and MLflow over it", async () => {
  const { below, over } = await halves();
  await pipInstallOurs(below, below, ["mlflow-auth", "mlflow-auth-vault"]);
  await addMlflow(over);
  await assertWorks(over);
});

test("MLflow below, and mlflow-auth over it", async () => {
  const { below, over } = await halves();
  await addMlflow(below);
  await pipInstallOurs(below, over, ["mlflow-auth", "mlflow-auth-vault"]);
  await assertWorks(over);
});

test("the command below with MLflow, and the plugin over them", async () => {
  const { below, over } = await halves();
  await addMlflow(below);
  await pipInstallOurs(below, below, ["mlflow-auth"]);
  await pipInstallOurs(below, over, ["mlflow-auth-vault"]);
  await assertWorks(over);
});

test.run();
