/** Environments that MLflow makes for a project or a model, without mlflow-auth in them: what runs there has its credentials as well. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { layeredEnvironment } from "../../packages/python/layered-environment.ts";
import { type Front, refusedAmong } from "../../servers/front.ts";
import { sitePackages } from "../../servers/installation/python-layer.ts";
import { run } from "../../servers/installation/run.ts";
import { temporaryFolder } from "../../servers/process/temporary-folder.ts";
import { missing, pythonTool } from "../../servers/tools.ts";
import { runsOf } from "../fixture/mlflow-api.ts";
import type { Project } from "../fixture/project.ts";
import { bearer, type Stage, startStage } from "../fixture/stage.ts";
import { proxiesOf, pythonProject } from "./scene.ts";
import { layOut } from "./stand-in-wheels.ts";

const test = suite("environments that MLflow makes", {
  missing: await missing("mlflow", "vault", "nginx", "python-tools"),
});

let stage: Stage;
let front: Front;
let project: Project;
let versions: Record<"python" | "mlflow" | "pip" | "setuptools" | "wheel", string>;

/** Those of a Python with MLflow, and which Python that is below all environments. */
const ASK = `
import json, os, sys
from importlib.metadata import PackageNotFoundError, version
def installed(name):
    try: return version(name)
    except PackageNotFoundError: return "1"
names = ("mlflow", "pip", "setuptools", "wheel")
base = os.path.realpath(sys.executable)
print(json.dumps({"python": "%d.%d.%d" % sys.version_info[:3], "base": base, **{name: installed(name) for name in names}}))
`;

/** The bits of pyenv that MLflow asks: it makes an environment with the Python that is found so. */
const pyenv = (root: string) => `#!/bin/sh\n[ "$1" != root ] || echo ${root}\n`;

/** Prints that it is nowhere near mlflow-auth, and logs. */
const TRAIN = `
import importlib.util, mlflow, sys
assert importlib.util.find_spec("mlflow_auth") is None
print("in", sys.prefix)
mlflow.log_metric("loss", 0.5)
`;

test.before(async () => {
  stage = await startStage();
  closeAfterwards(() => stage.stop());
  const { vault, mlflow, watch } = stage;
  const secret = watch.secret();
  await vault.put("secret/mlflow/made", { token: secret });
  front = await stage.openFront(bearer(secret));
  const { base, ...found } = JSON.parse(await run(mlflow.python, ["-c", ASK]));
  versions = found;

  const { path: wheels, remove } = temporaryFolder("stand-ins");
  closeAfterwards(remove);
  const leadsTo = sitePackages(dirname(dirname(mlflow.python)));
  const { mlflow: version, pip, setuptools, wheel } = versions;
  const commands = { uvicorn: "import sys; from uvicorn.main import main; sys.exit(main())" };
  layOut(wheels, [{ name: "mlflow", version, leadsTo, commands }]);
  layOut(
    wheels,
    Object.entries({ pip, setuptools, wheel }).map(([name, version]) => ({ name, version })),
  );
  const python = await layeredEnvironment(mlflow.python, ["vault"]);
  symlinkSync(await pythonTool("uv"), join(dirname(python), "uv"));
  const pythons = join(wheels, "pyenv");
  mkdirSync(join(pythons, "versions", versions.python, "bin"), { recursive: true });
  symlinkSync(base, join(pythons, "versions", versions.python, "bin", "python"));
  writeFileSync(join(dirname(python), "pyenv"), pyenv(pythons), { mode: 0o755 });

  const uvFile = join(wheels, "uv.toml");
  writeFileSync(uvFile, `no-index = true\nfind-links = [${JSON.stringify(wheels)}]\n`);
  const offline = { UV_CONFIG_FILE: uvFile, PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels };
  const env = {
    ...offline,
    UV_PYTHON_DOWNLOADS: "never",
    MLFLOW_TRACKING_URI: front.uri,
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: await vault.token(),
  };
  const config = `
version: 1
trackingUri: ${front.uri}
plugins:
  vault: { secret: { path: mlflow/made } }
`;
  project = pythonProject({ config, env, python, watch });
});

/** Where MLflow is told to make them. */
const made = (name: string) => join(project.folder, "made", name);

for (const manager of ["uv", "virtualenv"]) {
  test(`mlflow run --env-manager ${manager}: a project logs from its own environment, by the proxy of what started it`, async () => {
    project.write(
      "MLproject",
      'name: p\npython_env: python_env.yaml\nentry_points: { main: { command: "python train.py" } }\n',
    );
    project.write("python_env.yaml", `python: "${versions.python}"\ndependencies: ["mlflow==${versions.mlflow}"]\n`);
    project.write("train.py", TRAIN);
    const { code, stdout, stderr } = await project.run(
      ["mlflow", "run", ".", "--env-manager", manager, "--experiment-name", manager],
      { env: { MLFLOW_ENV_ROOT: made(manager) }, timeout: 200 },
    );
    assert.is(code, 0, stdout + stderr);
    assert.match(stdout, `in ${made(manager)}/`);
    const [logged] = (await runsOf(stage.mlflow, manager)) ?? [];
    assert.equal([logged?.status, logged?.metrics["loss"]], ["FINISHED", 0.5]);
    assert.equal(refusedAmong(await front.requests()), []);
    assert.is(proxiesOf(project).length, 1);
  });
}

const LOG_MODEL = (requirements: string[]) => `
import mlflow
class Asks(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        import importlib.util, sys
        assert importlib.util.find_spec("mlflow_auth") is None
        return [sys.prefix, str(len(mlflow.search_experiments(max_results=1)))]
requirements = ${JSON.stringify(requirements)}
print(mlflow.pyfunc.log_model(name="asks", python_model=Asks(), pip_requirements=requirements).model_uri)
`;

test("mlflow models serve and predict: a model is fetched, and asks the server, from an environment of its own", async () => {
  project.write("log.py", LOG_MODEL([`mlflow==${versions.mlflow}`]));
  const logged = await project.run(["python", "log.py"], { timeout: 200 });
  assert.is(logged.code, 0, logged.stderr);
  const model = /^models:\/\S+$/m.exec(logged.stdout)?.[0] as string;
  const place = { env: { MLFLOW_ENV_ROOT: made("models") }, timeout: 200 };
  const input = project.write("input.json", '{"inputs":["a"]}');
  const asked = ["-m", model, "--env-manager", "uv"];
  const inItsOwn = new RegExp(`"${project.folder}/[^"]+", ?"1"`);

  const predicted = await project.run(
    ["mlflow", "models", "predict", "-i", input, "--content-type", "json", ...asked],
    place,
  );
  assert.is(predicted.code, 0, predicted.stderr);
  assert.match(predicted.stdout, inItsOwn);

  const serving = project.start(["mlflow", "models", "serve", "--port", "0", ...asked], place);
  closeAfterwards(() => {
    serving.kill("SIGINT");
    return serving.finished;
  });
  const address = await new Promise<string>((resolve, reject) => {
    const look = setInterval(() => {
      const [, found] = /Uvicorn running on (http:\/\/\S+)/.exec(serving.stderr()) ?? [];
      if (found !== undefined) resolve(found);
    }, 50);
    serving.finished.then(({ stderr }) => reject(new Error(stderr)), reject).finally(() => clearInterval(look));
  });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${address}/invocations`, { method: "POST", headers, body: '{"inputs":["a"]}' });
  const text = await answer.text();
  assert.is(answer.status, 200, text);
  assert.match(text, inItsOwn);
  assert.equal(refusedAmong(await front.requests()), []);
});

test.run();
