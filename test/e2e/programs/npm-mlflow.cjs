// An ordinary program with the npm package mlflow 2: EXPERIMENT -> runs, created and read back.
const MLflow = require("mlflow");
const assert = require("node:assert/strict");

async function main(experiment) {
  const { MLFLOW_TRACKING_URI: endpoint, MLFLOW_TRACKING_TOKEN: token } = process.env;
  const client = new MLflow({ endpoint, headers: token ? { Authorization: `Bearer ${token}` } : {} });
  const { experiment_id } = await client.Experiments.create({ name: experiment });
  const ids = [];
  for (let index = 0; index < 3; index++) {
    const { run } = await client.Runs.create({ experiment_id, start_time: Date.now() });
    const { run_id } = run.info;
    await client.Runs.logParameter({ run_id, key: "index", value: String(index) });
    await client.Runs.logMetric({ run_id, key: "loss", value: index / 4, timestamp: Date.now(), step: 1 });
    await client.Runs.setTag({ run_id, key: "team", value: "e2e" });
    await client.Runs.logBatch({
      run_id,
      metrics: [{ key: "accuracy", value: 0.5, timestamp: Date.now(), step: 2 }],
      params: [{ key: "batch", value: "yes" }],
      tags: [{ key: "batch", value: "yes" }],
    });
    await client.Runs.update({ run_id, status: "FINISHED", end_time: Date.now() });
    const read = (await client.Runs.get({ run_id })).run;
    assert.equal(read.info.status, "FINISHED");
    assert.deepEqual(read.data.metrics.map(({ key }) => key).sort(), ["accuracy", "loss"]);
    ids.push(run_id);
  }
  const found = await client.Runs.search({ experiment_ids: [experiment_id] });
  assert.deepEqual(found.runs.map(({ info }) => info.run_id).sort(), ids.sort());
  console.log(JSON.stringify(ids));
}

main(process.argv[2]);
