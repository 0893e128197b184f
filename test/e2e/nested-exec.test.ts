import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { refusedBy } from "../servers/front.ts";
import { missing } from "../servers/tools.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { addProgram } from "./fixture/project.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("exec within exec, on a real MLflow", {
  missing: await missing("mlflow", "vault", "nginx", "curl"),
});
let stage: Stage;

test.before(async () => {
  stage = await startStage();
});
test.after(() => stage.stop());

test("a build and a script that both use exec: Python and curl inside get through, doctor finds all well, and the runs are counted once", async () => {
  const { vault, watch } = stage;
  const secret = watch.secret();
  await vault.put("secret/mlflow/nested", { token: secret });
  const front = await stage.openFront(bearer(secret));
  const project = stage.createProject({
    // The login is taken out of the environment of all that the outer exec runs.
    config: `
version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault:
    address: \${VAULT_ADDR}
    auth: { method: token, token: { env: BUILD_TOKEN } }
    secret: { path: mlflow/nested }
`,
    env: { MLFLOW_TRACKING_URI: front.uri, VAULT_ADDR: vault.address, BUILD_TOKEN: await vault.token() },
  });
  addProgram(project, "one-run.py");
  const status =
    'curl -sf "$MLFLOW_TRACKING_URI/api/2.0/mlflow/experiments/get-by-name?experiment_name=nested" >/dev/null && echo got';
  project.write("train.sh", `mlflow-auth exec -- python one-run.py nested && mlflow-auth exec -- sh -c '${status}'\n`);
  const doctor = "mlflow-auth doctor; echo examined $?";
  const build = `sh train.sh; echo ended $?; ${doctor}; mlflow-auth exec -- sh -c 'exit 9'`;
  const { code, stdout, stderr } = await project.run(["mlflow-auth", "exec", "--", "sh", "-c", build]);
  assert.is(code, 9, stderr);
  assert.match(stdout, "got\nended 0\n");
  assert.match(
    stdout,
    "used by the exec around this command, which took the variables of their secrets out: BUILD_TOKEN",
  );
  assert.match(
    stdout,
    "ok    request         the credential is given by the exec around this command, and MLflow answers",
  );
  assert.match(stdout, "All is well.\nexamined 0\n");
  const runs = await runsOf(stage.mlflow, "nested");
  assert.is(runs?.length, 1);
  assert.match(stdout, `${front.uri}/#/experiments/`);
  assert.is(stderr.match(/by the proxy of the exec around this one/g)?.length, 3);
  assert.match(stderr, /1 run was created:\n {2}\S+\n$/);
  assert.not.match(stdout + stderr, /127\.0\.0\.1:\d+\/[\w-]{43}/);
  assert.equal(await refusedBy(front), []);
});

test.run();
