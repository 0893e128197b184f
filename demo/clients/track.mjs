/** Logs two evaluations in one batch each. An ordinary MLflow program: it knows nothing of credentials. */
import { basename } from "node:path";
import { experimentId, post } from "./mlflow-rest.mjs";

const experiment = await experimentId("demo");

for (const [batch, accuracy] of [
  [16, 0.91],
  [64, 0.88],
]) {
  const name = `batch-${batch}`;
  const { run } = await post("runs/create", { experiment_id: experiment, run_name: name, start_time: Date.now() });
  const { run_id } = run.info;
  await post("runs/log-batch", {
    run_id,
    params: [{ key: "batch", value: `${batch}` }],
    metrics: [{ key: "accuracy", value: accuracy, step: 0, timestamp: Date.now() }],
    tags: [
      { key: "mlflow.source.name", value: basename(process.argv[1]) },
      { key: "stage", value: "evaluation" },
    ],
  });
  await post("runs/update", { run_id, status: "FINISHED", end_time: Date.now() });
  console.log(`${name}: accuracy ${accuracy}`);
}
