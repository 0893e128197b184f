import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { ask, dispatched } from "./dispatching.ts";
import { startProvider } from "./start-provider.ts";

const test = suite("Hokusai's mock mode");

test("runs are logged and read back, with either form of the paths, and nothing is sent", async () => {
  const { provider, context } = await startProvider({ mock: true });
  const created = await ask(provider, dispatched("POST", "api/2.0/mlflow/runs/create", { experiment_id: "0" }));
  assert.is(created.status, 200);
  assert.is(created.headers["x-mlflow-auth-not-recorded"], "true");
  const run_id = (created.json as { run?: { info: { run_id: string } } }).run?.info.run_id as string;
  const metric = { run_id, key: "loss", value: 0.5, timestamp: 1, step: 0 };
  assert.is((await ask(provider, dispatched("POST", "ajax-api/2.0/mlflow/runs/log-metric", metric))).status, 200);
  const read = await ask(provider, dispatched("GET", `api/2.0/mlflow/runs/get?run_id=${run_id}`));
  const { data } = (read.json as unknown as { run: { data: { metrics: { key: string; value: number }[] } } }).run;
  assert.equal(
    data.metrics.map(({ key, value }) => [key, value]),
    [["loss", 0.5]],
  );
  const said = context.logs.map(({ level, message }) => `${level} ${message}`);
  assert.is(said.length, 1);
  assert.match(said[0] ?? "", /^warn MOCK MODE: nothing reaches https:\/\/mlflow\.example\.com\/base\. /);
});

test("each server of the file has a memory of its own, and says so once", async () => {
  const { provider, context } = await startProvider({ mock: true });
  const create = dispatched("POST", "api/2.0/mlflow/experiments/create", { name: "here" });
  assert.is((await ask(provider, create)).status, 200);
  assert.is((await ask(provider, create)).status, 400);
  const there = {
    ...create,
    server: { uri: "https://other.test" },
    url: new URL("https://other.test/api/2.0/mlflow/experiments/create"),
  };
  assert.is((await ask(provider, there)).status, 200);
  assert.is(context.logs.length, 2);
});

test("a body of more than 1 MiB is refused in MLflow's own form", async () => {
  const { provider } = await startProvider({ mock: true });
  const request = dispatched("PUT", "api/2.0/mlflow-artifacts/artifacts/1/x");
  const { status, json } = await ask(provider, { ...request, body: async () => undefined });
  assert.equal([status, json["error_code"]], [413, "INVALID_PARAMETER_VALUE"]);
});

test("is off by default", async () => {
  assert.is((await startProvider()).provider.dispatch, undefined);
});

test.run();
