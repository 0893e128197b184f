/** mlflow-auth by pip where mlflow-secrets-auth was or still is: its variables, its plugin, and whose turn it is. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { layeredEnvironment, ownNode } from "../packages/python/layered-environment.ts";
import { type Front, refusedAmong } from "../servers/front.ts";
import { missing, secretsAuthFolder } from "../servers/tools.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, createProject, type Project } from "./fixture/project.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("mlflow-auth beside mlflow-secrets-auth", {
  missing: await missing("mlflow", "vault", "nginx", "secrets-auth"),
});

let stage: Stage;
let project: Project;
let front: Front;

test.before(async () => {
  stage = await startStage();
  const { vault, watch } = stage;
  const secret = watch.secret();
  await vault.put("secret/mlflow/auth", { token: secret });
  front = await stage.openFront(bearer(secret));
  const { roleId, secretId } = await vault.appRole();
  project = createProject({
    config: undefined,
    npm: false,
    python: await layeredEnvironment(stage.mlflow.python, ["vault"]),
    watch,
    env: {
      ...ownNode,
      MLFLOW_TRACKING_URI: front.uri,
      MLFLOW_SECRETS_AUTH_ENABLE: "vault",
      MLFLOW_VAULT_SECRET_PATH: "secret/mlflow/auth",
      VAULT_ADDR: vault.address,
      VAULT_ROLE_ID: roleId,
      VAULT_SECRET_ID: secretId,
    },
  });
  closeAfterwards(project.remove);
  addProgram(project, "one-run.py");
});
test.after(() => stage.stop());

/** Runs a program that logs one run: each of its requests carries the credential. */
async function logs(experiment: string, command: readonly string[], env: Record<string, string>): Promise<void> {
  const { length } = await front.requests();
  const { code, stderr } = await project.run([...command, "python", "one-run.py", experiment], { env });
  assert.is(code, 0, stderr);
  const requests = (await front.requests()).slice(length);
  assert.ok(requests.length > 2);
  assert.equal(refusedAmong(requests), []);
  assert.is((await runsOf(stage.mlflow, experiment))?.length, 1);
}

for (const [where, folder] of [
  ["where mlflow-secrets-auth was", async () => ({})],
  ["beside mlflow-secrets-auth", async () => ({ PYTHONPATH: await secretsAuthFolder() })],
] as const) {
  test(`its variables work as they are without a file, ${where}`, async () => {
    const env = { MLFLOW_TRACKING_AUTH: "mlflow-auth", ...(await folder()) };
    const doctor = await project.run(["mlflow-auth", "doctor"], { env });
    assert.match(doctor.stdout, "All is well.");
    await logs(`${where}, by itself`, [], env);
    await logs(`${where}, under exec`, ["mlflow-auth", "exec", "--"], {
      ...env,
      MLFLOW_TRACKING_AUTH: "mlflow_secrets_auth",
    });
  });
}

test("whom MLFLOW_TRACKING_AUTH names has the word, and the other nothing to do", async () => {
  const PYTHONPATH = await secretsAuthFolder();
  await logs("theirs", [], { PYTHONPATH, MLFLOW_TRACKING_AUTH: "mlflow_secrets_auth" });
  const program = `
import sys, mlflow_auth, mlflow
mlflow.search_experiments()
print("joined" if "mlflow_auth_bridge.join" in sys.modules else "left alone", "hvac" in sys.modules)
mlflow_auth.doctor()
`;
  const env = (name: string) => ({ PYTHONPATH, MLFLOW_TRACKING_AUTH: name });
  const ours = await project.run(["python", "-c", program], { env: env("mlflow-auth") });
  assert.match(ours.stdout, /^joined False\n(?:.*\n)*All is well\.\n$/, ours.stderr);
  const theirs = await project.run(["python", "-c", program], { env: env("mlflow_secrets_auth") });
  assert.match(theirs.stdout, /^left alone True\n {2}FAIL {2}python .*names another plugin/, theirs.stderr);
  assert.is(theirs.code, 1);
});

test.run();
