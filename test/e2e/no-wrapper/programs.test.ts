/** Real MLflow with nothing in front of it: `pip install`, a file, and one variable. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { layeredEnvironment } from "../../packages/python/layered-environment.ts";
import { type Front, refusedAmong } from "../../servers/front.ts";
import { missing, mlflow2Python, mlflowPython } from "../../servers/tools.ts";
import { runsOf } from "../fixture/mlflow-api.ts";
import { addProgram, type Project } from "../fixture/project.ts";
import { bearer, type Stage, startStage } from "../fixture/stage.ts";
import { proxiesOf, pythonProject } from "./scene.ts";

const test = suite("programs with nothing in front of them", {
  missing: await missing("mlflow", "mlflow2", "vault", "nginx"),
});
const clients = { "MLflow 3": mlflowPython, "MLflow 2": mlflow2Python };
const pythons: Record<string, string> = {};

let stage: Stage;
let front: Front;
let west: Front;
let config: string;
let env: Record<string, string>;

test.before(async () => {
  stage = await startStage();
  const { vault, watch } = stage;
  const [secret, westSecret] = [watch.secret(), watch.secret()];
  await vault.put("secret/mlflow/east", { token: secret });
  await vault.put("secret/mlflow/west", { token: westSecret });
  front = await stage.openFront(bearer(secret));
  west = await stage.openFront(bearer(westSecret), { basePath: "/west" });
  config = `
version: 1
servers:
  - { uri: "${front.uri}", auth: east }
  - { uri: "${west.uri}", auth: west }
plugins:
  east: { plugin: vault, address: "\${VAULT_ADDR}", secret: { path: mlflow/east } }
  west: { plugin: vault, address: "\${VAULT_ADDR}", secret: { path: mlflow/west } }
`;
  env = { VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token(), MLFLOW_TRACKING_URI: front.uri };
  for (const [client, find] of Object.entries(clients))
    pythons[client] = await layeredEnvironment(await find(), ["vault"]);
});
test.after(() => stage.stop());

const project = (client: string, file = config): Project =>
  pythonProject({ config: file, env, python: pythons[client] as string, watch: stage.watch });

/** All requests of a front carried its credential. */
async function assertLetIn(...fronts: Front[]): Promise<void> {
  for (const one of fronts) {
    const requests = await one.requests();
    assert.ok(requests.length > 0);
    assert.equal(refusedAmong(requests), []);
  }
}

for (const client of Object.keys(clients)) {
  const experiment = (name: string) => `${client} ${name}`;
  const runsIn = (name: string) => runsOf(stage.mlflow, experiment(name));

  test(`${client}: a script with the tracking URI in the environment; its links are the server's own`, async () => {
    const own = project(client);
    addProgram(own, "one-run.py");
    const { code, stdout, stderr } = await own.run(["python", "one-run.py", experiment("plain")]);
    assert.is(code, 0, stderr);
    const [run] = (await runsIn("plain")) ?? [];
    assert.is(run?.status, "FINISHED");
    assert.match(stdout, new RegExp(`at: ${front.uri}/#/experiments/\\d+/runs/${run?.id}\n`));
    assert.not.match(stderr, "mlflow-auth");
    await assertLetIn(front);
  });

  test(`${client}: servers that are named in code, children by spawn and by command among them, by one proxy`, async () => {
    const own = project(client);
    addProgram(own, "in-code.py");
    const { code, stderr } = await own.run(["python", "in-code.py", west.uri, front.uri, experiment("named")]);
    assert.is(code, 0, stderr);
    const runs = await runsIn("named");
    assert.equal(
      runs?.map(({ name, status }) => [name, status]),
      ["first", "spawned", "child"].map((name) => [name, "FINISHED"]),
    );
    await assertLetIn(front, west);
    assert.is(proxiesOf(own).length, 1);
  });

  test(`${client}: MLflow's own command`, async () => {
    const { code, stdout, stderr } = await project(client).run(["python", "-m", "mlflow", "experiments", "search"]);
    assert.is(code, 0, stderr);
    assert.match(stdout, "Default");
    await assertLetIn(front);
  });

  test(`${client}: a child whose environment has MLflow and not this package`, async () => {
    const own = project(client);
    addProgram(own, "one-run.py");
    const bare = await (clients as Record<string, () => Promise<string>>)[client]?.();
    own.write(
      "parent.py",
      `import subprocess, sys
import mlflow
subprocess.run([sys.argv[1], "-c", "import importlib.util as u, sys; sys.exit(u.find_spec('mlflow_auth') is not None)"], check=True)
subprocess.run([sys.argv[1], "one-run.py", sys.argv[2]], check=True)
`,
    );
    const { code, stderr } = await own.run(["python", "parent.py", bare as string, experiment("elsewhere")]);
    assert.is(code, 0, stderr);
    assert.is((await runsIn("elsewhere"))?.length, 1);
    await assertLetIn(front);
  });

  test(`${client}: what keeps the proxy from starting is an error that a person can read, at once`, async () => {
    const own = project(client, config.replace("auth: east", "auth: eats"));
    own.write(
      "fails.py",
      `import mlflow
try:
    mlflow.set_experiment("none")
except RuntimeError as error:
    print(error)
`,
    );
    const { code, stdout, stderr, seconds } = await own.run(["python", "fails.py"]);
    assert.is(code, 0, stderr);
    assert.match(stdout, /^mlflow-auth: mlflow-auth\.yaml:4:\d+ {2}PLUGIN_UNKNOWN {2}.*there are: east, west\n$/);
    assert.ok(seconds < 30);
  });

  test(`${client}: without the variable nothing of it is there`, async () => {
    const own = project(client);
    const program =
      "import sys, os, mlflow, mlflow.tracking.fluent; print('mlflow_auth.command' in sys.modules, 'PYTHONPATH' in os.environ)";
    const { stdout, stderr } = await own.run(["env", "-u", "MLFLOW_TRACKING_AUTH", "python", "-c", program]);
    assert.is(stdout, "False False\n", stderr);
  });
}

test("a second program without one of the variables has the fault that it would have alone", async () => {
  const own = project("MLflow 3");
  const ask = `
import mlflow, sys
try: print(len(mlflow.search_experiments()) > 0, flush=True)
except Exception as error: print(type(error).__name__, error)
if len(sys.argv) > 1: import subprocess; subprocess.run(["env", "-u", "VAULT_TOKEN", sys.executable, __file__])
`;
  own.write("ask.py", ask);
  const { stdout, stderr } = await own.run(["python", "ask.py", "again"]);
  assert.match(stdout, /^True\n/, stderr);
  assert.match(stdout, /\n\w+ .*VAULT_TOKEN/s);
});

test.run();
