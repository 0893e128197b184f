/** Artifact roots that name a host, `mlflow-artifacts://HOST:PORT/`: where MLflow's client takes the token of the proxy by itself. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startOwnMlflow } from "../servers/mlflow.ts";
import { missing } from "../servers/tools.ts";
import { createProject, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { startStockedVault } from "./fixture/stocked-vault.ts";
import { createWatch } from "./fixture/watch.ts";

const test = suite("artifact roots that name a host, on a real MLflow", { missing: await missing("mlflow", "vault") });

/** Apart from the other secrets, for the proxy itself prints it. */
const watch = createWatch();
const token = watch.add("the token of the proxy", randomBytes(32).toString("base64url"));
let project: Project;

test.before(async () => {
  const others = createWatch();
  const vault = await startStockedVault(others);
  closeAfterwards(() => vault.stop());
  await vault.put("secret/mlflow/auth", { token: others.secret() });
  // MLflow 3.17 asks its operator first, for another reason; older ones don't.
  const mlflow = await startOwnMlflow({ env: { MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES: "mlflow-artifacts" } });
  closeAfterwards(mlflow.stop);
  project = createProject({
    config: `
version: 1
trackingUri: ${mlflow.uri}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/auth } }
`,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token() },
    python: mlflow.python,
    watch: others,
  });
  closeAfterwards(project.remove);
  project.write("token", token);
  await project.run(["chmod", "600", "token"]);
});

/** A host to which MLflow's clients take artifacts by themselves: it refuses all, and keeps what it was sent. */
async function startArtifactHost() {
  const got: string[] = [];
  const server = createServer((req, res) => {
    got.push(`${req.url} ${req.rawHeaders.join(" ")}`);
    req.resume().on("end", () => res.writeHead(401).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  return { got, root: `mlflow-artifacts://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** ROOT -> an experiment with that artifact root, and an artifact that does not get there. */
const elsewhere = `
import sys, mlflow
name = "root " + sys.argv[1]
mlflow.create_experiment(name, artifact_location=sys.argv[1])
mlflow.set_experiment(name)
with mlflow.start_run():
    try:
        mlflow.log_text("x", "x.txt")
    except Exception as error:
        print("refused", "401" in str(error))
`;
const WARNING = /artifact root is mlflow-artifacts:.* run Python programs under `mlflow-auth exec`/g;

for (const way of ["in the path", "as a bearer token"] as const) {
  test(`an artifact root with a host makes MLflow send the token there, ${way}: the proxy says once what to do`, async () => {
    const { got, root } = await startArtifactHost();
    project.write("elsewhere.py", elsewhere);
    const sidecar = await startSidecar(project, ["--token-file", "token"]);
    const { origin } = new URL(sidecar.url);
    const env =
      way === "in the path"
        ? { MLFLOW_TRACKING_URI: sidecar.url }
        : { MLFLOW_TRACKING_URI: origin, MLFLOW_TRACKING_TOKEN: token };
    const { code, stdout, stderr } = await project.run(["python", "elsewhere.py", root], { env });
    assert.is(code, 0, stderr);
    assert.match(stdout, "refused True");
    // What MLflow does, and why there is something to say.
    assert.ok(got.some((one) => one.includes(token)));
    const { stderr: log } = await sidecar.stop();
    assert.is(log.match(WARNING)?.length, 1, log);
    watch.check(log, "the proxy's log");
  });
}

test("an artifact root with a host gets no token under the bridge of exec, and nothing is said", async () => {
  const { got, root } = await startArtifactHost();
  project.write(
    "elsewhere.py",
    `import os; open("address", "w").write(os.environ["MLFLOW_TRACKING_URI"])\n${elsewhere}`,
  );
  const { code, stdout, stderr } = await project.run(["mlflow-auth", "exec", "--", "python", "elsewhere.py", root]);
  assert.is(code, 0, stderr);
  assert.match(stdout, "refused True");
  const [, secret = ""] = new URL(readFileSync(join(project.folder, "address"), "utf8")).pathname.split("/");
  assert.match(secret, /^[\w-]{43}$/);
  assert.ok(got.length > 0);
  assert.not(got.join().includes(secret));
  assert.not(stderr.match(WARNING));
});

test.run();
