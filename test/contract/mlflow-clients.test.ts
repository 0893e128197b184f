/** Clients that no one here wrote, against the stub. */
import { fileURLToPath } from "node:url";
import { startStub } from "@mlflow-auth/mlflow-stub";
import { suite } from "@mlflow-auth/test/suite";
import mlflow from "mlflow";
import * as assert from "uvu/assert";
import { run } from "../servers/installation/run.ts";
import { temporaryFolder } from "../servers/process/temporary-folder.ts";
import { missing, mlflowPython } from "../servers/tools.ts";

const python = suite("Python mlflow uses the stub", { missing: await missing("mlflow") });

python("runs, metrics, searches, artifacts up and down", async () => {
  const stub = await startStub({ basePath: "/base" });
  const folder = temporaryFolder("client");
  try {
    await run(await mlflowPython(), [fileURLToPath(new URL("mlflow/client.py", import.meta.url))], {
      env: { ...process.env, MLFLOW_TRACKING_URI: stub.uri, MLFLOW_DISABLE_TELEMETRY: "true", TMPDIR: folder.path },
    });
  } finally {
    folder.remove();
    await stub.close();
  }
});

python.run();

// The package's types put the class one level too deep.
const MLflow = mlflow as unknown as typeof mlflow.default;
const npm = suite("npm mlflow uses the stub");

npm("experiments, runs, batches, searches, histories", async () => {
  const stub = await startStub({ basePath: "/base" });
  const { log } = console;
  // The client prints every body.
  console.log = () => {};
  try {
    const client = new MLflow({ endpoint: stub.uri });
    const { experiment_id } = await client.Experiments.create({ name: "npm", artifact_location: "" });
    const { run } = await client.Runs.create({ experiment_id, user_id: "me", start_time: 1_700_000_000_000 });
    const { run_id } = run.info;
    await client.Runs.logParameter({ run_id, key: "lr", value: "0.1" });
    await client.Runs.logMetric({ run_id, key: "loss", value: 0.5, timestamp: 1, step: 1 });
    await client.Runs.logBatch({ run_id, tags: [{ key: "team", value: "a" }] });
    await client.Runs.setTag({ run_id, key: "k", value: "v" });
    const { runs } = await client.Runs.search({ experiment_ids: [experiment_id], filter: "tags.team = 'a'" });
    assert.equal(
      runs.map(({ info }) => info.run_id),
      [run_id],
    );
    const { metrics } = await client.Metrics.getHistory({ run_id, metric_key: "loss" });
    assert.equal(metrics, [{ key: "loss", value: 0.5, timestamp: 1, step: 1 } as never]);
    const failure = await client.Runs.get({ run_id: "nope" }).catch((error: Error) => error.message);
    assert.match(String(failure), "RESOURCE_DOES_NOT_EXIST");
  } finally {
    console.log = log;
    await stub.close();
  }
});

npm.run();
