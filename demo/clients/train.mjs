/** Trains twice, and logs the loss after every epoch. An ordinary MLflow program: it knows nothing of credentials. */
import { basename } from "node:path";
import { experimentId, post } from "./mlflow-rest.mjs";

const EPOCHS = 5;
const experiment = await experimentId("demo");

for (const rate of [0.1, 0.5]) {
  const name = `rate-${rate}`;
  const tags = { "mlflow.source.name": basename(process.argv[1]), stage: "training" };
  const { run } = await post("runs/create", {
    experiment_id: experiment,
    run_name: name,
    start_time: Date.now(),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  });
  const { run_id } = run.info;
  await post("runs/log-parameter", { run_id, key: "rate", value: `${rate}` });
  await post("runs/log-parameter", { run_id, key: "epochs", value: `${EPOCHS}` });
  let loss = 0;
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    loss = 1 / (1 + rate * epoch);
    await post("runs/log-metric", { run_id, key: "loss", value: loss, step: epoch, timestamp: Date.now() });
  }
  await post("runs/update", { run_id, status: "FINISHED", end_time: Date.now() });
  console.log(`${name}: loss ${loss.toFixed(3)} after ${EPOCHS} epochs`);
}
