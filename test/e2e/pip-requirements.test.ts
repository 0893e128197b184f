/** What lists of packages say of mlflow-auth by pip: those of an environment name it, those of a logged model don't. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { layeredEnvironment, ownNode, pipInstallOurs } from "../packages/python/layered-environment.ts";
import { missing } from "../servers/tools.ts";
import { createProject, type Project } from "./fixture/project.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("lists of packages, with mlflow-auth by pip", {
  missing: await missing("mlflow", "vault", "nginx"),
});

let stage: Stage;
let project: Project;
let python: string;

test.before(async () => {
  stage = await startStage();
  closeAfterwards(() => stage.stop());
  const { vault, watch } = stage;
  const secret = watch.secret();
  await vault.put("secret/mlflow/auth", { token: secret });
  const { uri } = await stage.openFront(bearer(secret));
  python = await layeredEnvironment(stage.mlflow.python, ["vault"]);
  project = createProject({
    config: `version: 1\ntrackingUri: ${uri}\nplugins:\n  vault: { secret: { path: mlflow/auth } }\n`,
    env: { ...ownNode, MLFLOW_TRACKING_URI: uri, VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token() },
    npm: false,
    python,
    watch,
  });
  closeAfterwards(project.remove);
});

const ON = { MLFLOW_TRACKING_AUTH: "mlflow-auth" };
const FREEZE = ["python", "-m", "pip", "freeze"];

/** The lines of a list that are ours. */
const ours = (list: string) => list.split("\n").filter((line) => /mlflow[-_.]auth/i.test(line));

test("pip freeze has lines that install the same, and under exec no other", async () => {
  const { stdout: frozen } = await project.run(FREEZE);
  const lines = ours(frozen);
  assert.equal(
    lines.map((line) => line.replace(/==[\d.]+$/, "")),
    ["mlflow-auth", "mlflow-auth-vault"],
  );
  const under = await project.run(["mlflow-auth", "exec", "--", ...FREEZE]);
  assert.is(under.stdout, frozen);
  // What a program starts that has joined: the bridge is on its PYTHONPATH.
  const joined = "import mlflow, subprocess, sys; mlflow.search_experiments(); subprocess.run(sys.argv[1:])";
  assert.is((await project.run(["python", "-c", joined, ...FREEZE], { env: ON })).stdout, frozen);

  const another = await layeredEnvironment(stage.mlflow.python, []);
  await pipInstallOurs(stage.mlflow.python, another, lines);
  assert.equal(ours((await project.run([another, ...FREEZE.slice(1)])).stdout), lines);
});

const MODELS = `
import mlflow, numpy
from pathlib import Path
from sklearn.linear_model import LinearRegression
from mlflow.models import infer_pip_requirements

class Twice(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        mlflow.search_experiments()
        return model_input

fitted = LinearRegression().fit(numpy.array([[0.0], [1.0]]), [1.0, 3.0])
with mlflow.start_run():
    models = [
        mlflow.sklearn.log_model(fitted, name="fitted", serialization_format="cloudpickle"),
        mlflow.pyfunc.log_model(name="twice", python_model=Twice(), input_example=[1.0]),
    ]
for model in models:
    folder = Path(mlflow.artifacts.download_artifacts(model.model_uri))
    for name in ("requirements.txt", "conda.yaml", "python_env.yaml"):
        print((folder / name).read_text())
print(infer_pip_requirements(models[1].model_uri, "python_function"))
`;

for (const [how, command, env] of [
  ["by a program that has joined", [], ON],
  ["under exec", ["mlflow-auth", "exec", "--"], {}],
] as const) {
  test(`a model that is logged ${how} requires no mlflow-auth`, async () => {
    const { code, stdout, stderr } = await project.run([...command, "python", "-c", MODELS], { env, timeout: 200 });
    assert.is(code, 0, stderr);
    assert.match(stdout, /^scikit-learn==/m);
    assert.equal(ours(stdout), []);
  });
}

test.run();
