// Creates a run, and prints the tags that it has got.
const body = JSON.stringify({ experiment_id: "0", start_time: 1 });
const headers = { "content-type": "application/json" };
const answer = await fetch(`${process.env.MLFLOW_TRACKING_URI}/api/2.0/mlflow/runs/create`, {
  method: "POST",
  headers,
  body,
});
const { run } = await answer.json();
console.log(JSON.stringify(run?.data.tags ?? answer.status));
