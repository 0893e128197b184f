/** A notebook that knows nothing of mlflow-auth, on the real Vault, nginx and MLflow. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { layeredEnvironment } from "../../packages/python/layered-environment.ts";
import { refusedBy } from "../../servers/front.ts";
import { missing, notebooksPython } from "../../servers/tools.ts";
import { runsOf } from "../fixture/mlflow-api.ts";
import { addProgram } from "../fixture/project.ts";
import { bearer, startStage } from "../fixture/stage.ts";
import { pythonProject } from "./scene.ts";

const test = suite("an unchanged notebook", { missing: await missing("mlflow", "notebooks", "vault", "nginx") });
const CONFIG = `
version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/notebook } }
`;
const CELLS = [
  'import mlflow\n_ = mlflow.set_experiment("notebook")',
  'with mlflow.start_run(run_name="cell"):\n    mlflow.log_metric("loss", 0.5)\n    mlflow.log_text("a note", "note.txt")',
  'print(mlflow.search_runs(output_format="list")[0].data.metrics["loss"])',
];

test("logs a run with metric and artifact, and no request of it goes bare", async () => {
  const stage = await startStage();
  closeAfterwards(() => stage.stop());
  const token = stage.watch.secret();
  await stage.vault.put("secret/mlflow/notebook", { token });
  const front = await stage.openFront(bearer(token));
  const project = pythonProject({
    config: CONFIG,
    env: { MLFLOW_TRACKING_URI: front.uri, VAULT_ADDR: stage.vault.address, VAULT_TOKEN: await stage.vault.token() },
    python: await layeredEnvironment(await notebooksPython(), ["vault"]),
    watch: stage.watch,
  });
  addProgram(project, "cells.py");
  const { code, stdout, stderr } = await project.run(["python", "cells.py", "python3", JSON.stringify(CELLS)], {
    timeout: 200,
  });
  assert.is(code, 0, stderr);
  const shown: string[] = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  assert.is(shown.at(-1), "0.5\n", shown.join());
  const runs = await runsOf(stage.mlflow, "notebook");
  assert.equal(
    runs?.map(({ name, status }) => [name, status]),
    [["cell", "FINISHED"]],
  );
  assert.equal(await refusedBy(front), []);
});

test.run();
