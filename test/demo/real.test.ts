/** The demo on the real Vault, nginx and MLflow. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing } from "../servers/tools.ts";
import { runDemo } from "./run-demo.ts";

const test = suite("the demo with --real", { missing: await missing("mlflow", "nginx", "vault", "moto") });

for (const [provider, mode] of [
  ["vault", "bearer"],
  ["vault", "basic"],
  ["aws", "basic"],
  ["descope", "bearer"],
  ["hokusai", "bearer"],
] as const) {
  test(`a Python and a Node program log their runs with ${provider} in ${mode} mode`, async () => {
    const { code, stdout, stderr } = await runDemo(["--real", "--provider", provider, "--mode", mode]);
    assert.is(code, 0, stdout + stderr);
    assert.match(stdout, "$ mlflow-auth exec -- python train.py");
    for (const run of [
      "rate-0.1 │ train.py ",
      "rate-0.5 │ train.py ",
      "batch-16 │ track.mjs",
      "batch-64 │ track.mjs",
      "depth-3  │ tune.py  ",
    ]) {
      assert.match(stdout, run);
    }
    assert.match(stdout, "$ env MLFLOW_TRACKING_AUTH=mlflow-auth python tune.py");
    assert.match(stdout, /✓ 5 runs are as they were logged/);
  });
}

test.run();
