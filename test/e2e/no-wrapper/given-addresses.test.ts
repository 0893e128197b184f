/** `trackingUri: ${MLFLOW_TRACKING_URI}` is the server that a program was given, not every other that it names in its code. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { layeredEnvironment } from "../../packages/python/layered-environment.ts";
import { type Front, refusedAmong } from "../../servers/front.ts";
import { missing, mlflow2Python, mlflowPython } from "../../servers/tools.ts";
import type { Project } from "../fixture/project.ts";
import { bearer, type Stage, startStage } from "../fixture/stage.ts";
import { pythonProject } from "./scene.ts";

const test = suite("the address that a program was given", {
  missing: await missing("mlflow", "mlflow2", "vault", "nginx"),
});
/** The variables of mlflow-secrets-auth, which stand for a file. */
const INSTEAD = { MLFLOW_SECRETS_AUTH_ENABLE: "vault", MLFLOW_VAULT_SECRET_PATH: "secret/mlflow/auth" };
const clients = { "MLflow 3": mlflowPython, "MLflow 2": mlflow2Python };
const FILE = "version: 1\ntrackingUri: ${MLFLOW_TRACKING_URI}\nplugins:\n  vault: { secret: { path: mlflow/auth } }\n";

let stage: Stage;
/** The server that is given, and another, which takes another credential. */
let own: Front;
let other: Front;
let env: Record<string, string>;

test.before(async () => {
  stage = await startStage();
  const { vault, watch } = stage;
  const [secret, another] = [watch.secret(), watch.secret()];
  await vault.put("secret/mlflow/auth", { token: secret });
  own = await stage.openFront(bearer(secret));
  other = await stage.openFront(bearer(another), { basePath: "/other" });
  env = { VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token(), MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1" };
});
test.after(() => stage.stop());

const PRELUDE = `
import os, subprocess, sys
own, other = sys.argv[1:3]
def search(uri=None):
    from mlflow import MlflowClient
    try: return len(MlflowClient(uri).search_experiments()) > 0
    except Exception as error: return type(error).__name__
`;

/** By what a program does: what is given in its environment, and the program, which prints what came of its requests. */
const programs: Record<string, { given?: boolean; auth?: boolean; code: string; prints: string }> = {
  "it sets another in its code, and the given one again": {
    given: true,
    code: `
import mlflow
print(search())
mlflow.set_tracking_uri(other)
print(search())
mlflow.set_tracking_uri(own)
print(search())
`,
    prints: "True\nMlflowException\nTrue\n",
  },
  "it sets another before its first request": {
    given: true,
    code: "import mlflow\nmlflow.set_tracking_uri(other)\nprint(search(), search(own))\n",
    prints: "MlflowException True\n",
  },
  "it asks for the plugin only once it has set another": {
    given: true,
    auth: false,
    code: `
import mlflow
mlflow.set_tracking_uri(other)
os.environ["MLFLOW_TRACKING_AUTH"] = "mlflow-auth"
print(search(), search(own))
`,
    prints: "MlflowException True\n",
  },
  "what it starts after that": {
    given: true,
    code: `
import mlflow
mlflow.set_tracking_uri(other)
sys.stdout.flush()
code = "import mlflow; from mlflow import MlflowClient; import sys; print(len(MlflowClient(sys.argv[1]).search_experiments()) > 0); MlflowClient().search_experiments()"
print(subprocess.run([sys.executable, "-c", code, own], stderr=subprocess.DEVNULL).returncode)
`,
    prints: "True\n1\n",
  },
  "another registry": {
    given: true,
    code: `
import mlflow
mlflow.set_registry_uri(other)
try: mlflow.MlflowClient().search_registered_models()
except Exception as error: print(type(error).__name__)
print(search())
`,
    prints: "MlflowException\nTrue\n",
  },
  "nothing is given: the first that it sets counts, and no other": {
    code: "import mlflow\nmlflow.set_tracking_uri(own)\nprint(search())\nmlflow.set_tracking_uri(other)\nprint(search(), search(own))\n",
    prints: "True\nMlflowException True\n",
  },
  "it writes another into its environment itself": {
    given: false,
    code: "import mlflow\nos.environ['MLFLOW_TRACKING_URI'] = own\nprint(search())\n",
    prints: "True\n",
  },
};

for (const [client, find] of Object.entries(clients)) {
  let python: string;
  for (const [what, { given = false, auth = true, code, prints }] of Object.entries(programs)) {
    for (const config of client === "MLflow 3" ? [FILE, undefined] : [FILE]) {
      const how = config === undefined ? "without a file" : "with a file";
      test(`${client}, ${how}: ${what}`, async () => {
        python ??= await layeredEnvironment(await find(), ["vault"]);
        const login = config === undefined ? INSTEAD : {};
        const project: Project = pythonProject({ config, env: { ...env, ...login }, python, watch: stage.watch });
        project.write("program.py", PRELUDE + code);
        const more: Record<string, string> = given ? { MLFLOW_TRACKING_URI: own.uri } : {};
        const start = ["python", "program.py", own.uri, other.uri];
        const command = auth ? start : ["env", "-u", "MLFLOW_TRACKING_AUTH", ...start];
        const [before, ownBefore] = [(await other.requests()).length, (await own.requests()).length];
        const { stdout, stderr } = await project.run(command, { env: more, timeout: 120 });
        assert.is(stdout, prints, stderr);
        const seen = (await other.requests()).slice(before);
        assert.equal(
          seen.filter(({ credential }) => credential),
          [],
        );
        assert.is(seen.length > 0, prints.includes("MlflowException") || prints.endsWith("1\n"));
        assert.equal(refusedAmong((await own.requests()).slice(ownBefore)), []);
      });
    }
  }
}

test.run();
