// An ordinary program that speaks MLflow's REST API: EXPERIMENT -> a run, created and read back.
// The second argument chooses what it sends with: fetch, or undici's request.
import assert from "node:assert/strict";
import { request } from "undici";

const [experiment, sender] = process.argv.slice(2);
const base = `${process.env.MLFLOW_TRACKING_URI}/api/2.0/mlflow`;

const senders = {
  async fetch(url, options) {
    const answer = await fetch(url, options);
    return [answer.status, await answer.json()];
  },
  async undici(url, options) {
    const { statusCode, body } = await request(url, options);
    return [statusCode, await body.json()];
  },
};

async function send(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const [status, answer] = await senders[sender](`${base}/${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.equal(status, 200, JSON.stringify(answer));
  return answer;
}

const { experiment_id } = await send("POST", "experiments/create", { name: experiment });
const { run } = await send("POST", "runs/create", { experiment_id, start_time: Date.now(), run_name: sender });
const { run_id } = run.info;
await send("POST", "runs/log-parameter", { run_id, key: "sender", value: sender });
await send("POST", "runs/log-metric", { run_id, key: "loss", value: 0.25, timestamp: Date.now() });
const read = await send("GET", `runs/get?run_id=${run_id}`);
assert.deepEqual(read.run.data.params, [{ key: "sender", value: sender }]);
console.log(run_id);
