/** What `doctor` says inside of a program that has joined a proxy: the same as outside of it. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type SmallStage, startSmallStage } from "../../examples/small-stage.ts";
import { layeredEnvironment, ownNode } from "../../packages/python/layered-environment.ts";
import { missing, mlflowPython } from "../../servers/tools.ts";

const test = suite("doctor in a program that has joined", { missing: await missing("mlflow") });
const CONFIG = `
version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/auth } }
`;

let stage: SmallStage;
let python: string;

test.before(async () => {
  stage = await startSmallStage();
  closeAfterwards(() => stage.stop());
  python = await layeredEnvironment(await mlflowPython(), ["vault"]);
});

/** Sends a request, and prints the token by which its proxy knows it on stderr alone. */
const JOIN = `
import mlflow, os, sys
mlflow.search_experiments()
from mlflow_auth_bridge import join
print(join._member._bridge.token, file=sys.stderr, flush=True)
`;
const ways = {
  "the command in a shell": `${JOIN}\nos.system("mlflow-auth doctor")`,
  "mlflow_auth.doctor()": `${JOIN}\nimport mlflow_auth\nmlflow_auth.doctor()`,
  "mlflow_auth.doctor() before the first request and after it": `
import contextlib, io, mlflow_auth
with contextlib.redirect_stdout(io.StringIO()): mlflow_auth.doctor()
${JOIN}
mlflow_auth.doctor()`,
};

for (const [way, program] of Object.entries(ways)) {
  test(`${way}: says what it says outside, of no exec, and shows no token`, async () => {
    const project = stage.createProject(CONFIG, {
      python,
      npm: false,
      env: { ...ownNode, MLFLOW_TRACKING_AUTH: "mlflow-auth" },
    });
    const outside = await project.run(["mlflow-auth", "doctor"]);
    assert.match(outside.stdout, "All is well.\n");
    const { code, stdout, stderr } = await project.run(["python", "-c", program]);
    assert.is(code, 0, stdout + stderr);
    assert.is(stdout, outside.stdout);
    const [token = "", ...rest] = stderr.trim().split("\n");
    assert.match(token, /^[\w-]{20,}$/);
    assert.is(rest.join("\n"), outside.stderr.trim());
    assert.not.ok(stdout.includes(token) || rest.join().includes(token));
  });
}

test.run();
