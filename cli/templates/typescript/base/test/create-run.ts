/** What `npm run try` runs without mlflow-auth, and with it: any program that creates a run. */
const answer = await fetch(`${process.env["MLFLOW_TRACKING_URI"]}/api/2.0/mlflow/runs/create`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ experiment_id: "0" }),
});
const { message = "the run is there" } = (await answer.json()) as { message?: string };
console.log(`MLflow answers ${answer.status}: ${message}`);
if (!answer.ok) process.exitCode = 1;
