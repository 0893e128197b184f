/** The oldest and the newest Python that are supported, each with the newest MLflow that it can have, and nothing in front of a program. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { layeredEnvironment } from "../../packages/python/layered-environment.ts";
import { type Front, refusedAmong } from "../../servers/front.ts";
import { missing, mlflowPythonOf } from "../../servers/tools.ts";
import { runsOf } from "../fixture/mlflow-api.ts";
import { addProgram, type Project } from "../fixture/project.ts";
import { bearer, type Stage, startStage } from "../fixture/stage.ts";
import { proxiesOf, pythonProject } from "./scene.ts";

const test = suite("nothing in front of programs, in other Pythons", {
  missing: await missing("mlflow", "mlflow-python3.9", "mlflow-python3.13", "vault", "nginx"),
});

let stage: Stage;
let front: Front;
let options: { config: string; env: Record<string, string> };

test.before(async () => {
  stage = await startStage();
  const { vault, watch } = stage;
  const secret = watch.secret();
  await vault.put("secret/mlflow/auth", { token: secret });
  front = await stage.openFront(bearer(secret));
  options = {
    config: `version: 1\ntrackingUri: ${front.uri}\nplugins:\n  vault: { secret: { path: mlflow/auth } }\n`,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token() },
  };
});
test.after(() => stage.stop());

/** Threads that all send their first request at once, then a child by each way that Python has. */
const MANY = `
import multiprocessing, os, sys, threading
import mlflow

def search(_=None):
    return len(mlflow.search_experiments()) > 0

if __name__ == "__main__":
    if len(sys.argv) > 1:
        mlflow.set_tracking_uri(sys.argv[1])
    found = []
    start = threading.Barrier(8)
    def ask():
        start.wait()
        found.append(search())
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    os.environ["MLFLOW_TRACKING_URI"] = mlflow.get_tracking_uri()
    for method in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            found += pool.map(search, range(2))
    print(found == [True] * 14)
`;

for (const name of ["python3.9", "python3.13"] as const) {
  const project = async (env = {}): Promise<Project> => {
    const python = await layeredEnvironment(await mlflowPythonOf(name), ["vault"]);
    return pythonProject({ config: options.config, env: { ...options.env, ...env }, python, watch: stage.watch });
  };

  test(`${name}: a script with the tracking URI in the environment, alone and under exec`, async () => {
    const own = await project({ MLFLOW_TRACKING_URI: front.uri });
    addProgram(own, "one-run.py");
    for (const [index, before] of [[], ["python", "-m", "mlflow_auth", "exec", "--"]].entries()) {
      const experiment = `${name} ${index}`;
      const { code, stderr } = await own.run([...before, "python", "one-run.py", experiment]);
      assert.is(code, 0, stderr);
      assert.equal(
        (await runsOf(stage.mlflow, experiment))?.map(({ status }) => status),
        ["FINISHED"],
      );
    }
    assert.equal(refusedAmong(await front.requests()), []);
  });

  test(`${name}: threads that begin at once, and children by fork, spawn and forkserver, have one proxy`, async () => {
    const own = await project();
    own.write("many.py", MANY);
    const { code, stdout, stderr } = await own.run(["python", "many.py", front.uri]);
    assert.is(code, 0, stderr);
    assert.is(stdout, "True\n", stderr);
    assert.is(proxiesOf(own).length, 1);
    assert.equal(refusedAmong(await front.requests()), []);
  });
}

test.run();
