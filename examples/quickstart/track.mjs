const { MLFLOW_TRACKING_URI } = process.env;

async function call(path, body) {
  const response = await fetch(`${MLFLOW_TRACKING_URI}/api/2.0/mlflow/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`MLflow answered ${response.status} to ${path}`);
  return await response.json();
}

const search = await call("experiments/search", { filter: "name = 'quickstart'", max_results: 1 });
const [experiment = await call("experiments/create", { name: "quickstart" })] = search.experiments ?? [];
const { experiment_id } = experiment;
const { run } = await call("runs/create", { experiment_id, run_name: "node", start_time: Date.now() });
const { run_id } = run.info;
await call("runs/log-parameter", { run_id, key: "rate", value: "0.1" });
for (let step = 0; step < 3; step++) {
  await call("runs/log-metric", { run_id, key: "loss", value: 1 / (step + 1), step, timestamp: Date.now() });
}
await call("runs/update", { run_id, status: "FINISHED", end_time: Date.now() });
console.log("logged the run node");
