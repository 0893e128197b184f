// Logs one metric after the other until a file named `stop` is there: EXPERIMENT. Prints each step once it is logged. A request
// that fails before it was sent is printed, and tried again.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

async function post(path, body) {
  const answer = await fetch(`${process.env.MLFLOW_TRACKING_URI}/api/2.0/mlflow/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return await answer.json();
}

async function withPatience(path, body) {
  for (;;) {
    try {
      return await post(path, body);
    } catch (error) {
      if (error.cause?.code !== "SECRET_UNREACHABLE") throw error;
      console.log("failed", error.cause.code, error.cause.message, error.cause.remedy);
      await sleep(50);
    }
  }
}

const { experiment_id } = await post("experiments/create", { name: process.argv[2] });
const { run } = await post("runs/create", { experiment_id, start_time: Date.now() });
const { run_id } = run.info;
for (let step = 1; !existsSync("stop"); step++) {
  await withPatience("runs/log-metric", { run_id, key: "step", value: step, step, timestamp: Date.now() });
  console.log(step);
}
await withPatience("runs/update", { run_id, status: "FINISHED", end_time: Date.now() });
