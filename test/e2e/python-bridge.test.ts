import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Front, refusedAmong } from "../servers/front.ts";
import { missing, mlflow2Python, mlflowPython } from "../servers/tools.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("the bridge in Python's MLflow", {
  missing: await missing("mlflow", "mlflow2", "vault", "nginx"),
});
const clients = { "MLflow 3": mlflowPython, "MLflow 2": mlflow2Python };

let stage: Stage;
let project: Project;
/** With credentials from Vault, and without any from the file. */
let east: Front;
let west: Front;
let open: Front;
let openSecret: string;

test.before(async () => {
  stage = await startStage();
  const { vault, watch } = stage;
  const [eastSecret, westSecret] = [watch.secret(), watch.secret()];
  openSecret = watch.secret();
  await vault.put("secret/mlflow/east", { token: eastSecret });
  await vault.put("secret/mlflow/west", { token: westSecret });
  east = await stage.openFront(bearer(eastSecret));
  west = await stage.openFront(bearer(westSecret), { basePath: "/west" });
  open = await stage.openFront(bearer(openSecret));
  project = stage.createProject({
    config: `
version: 1
servers:
  - { uri: "${east.uri}", auth: east }
  - { uri: "${west.uri}", auth: west }
  - { uri: "${open.uri}", auth: [] }
plugins:
  east: { plugin: vault, address: "\${VAULT_ADDR}", secret: { path: mlflow/east } }
  west: { plugin: vault, address: "\${VAULT_ADDR}", secret: { path: mlflow/west } }
`,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token() },
  });
  addProgram(project, "in-code.py");
  addProgram(project, "one-run.py");
  addProgram(project, "own-requests.py");
  writePlugin(project);
});
test.after(() => stage.stop());

/** Runs Python under exec. Its output must not name the proxy, so it can't hold the token either. */
async function exec(server: Front, command: string[], env: Record<string, string> = {}) {
  const run = await project.run(["mlflow-auth", "exec", "--server", server.uri, "--", ...command], { env });
  const proxied = new RegExp(`http://127\\.0\\.0\\.1:(?!${portsOf(east, west, open)})\\d+`);
  assert.not.match(run.stdout + run.stderr, proxied);
  return run;
}

const told = new Map<Front, number>();

/** What a front has seen since the last call. */
async function newRequests(front: Front) {
  const all = await front.requests();
  const since = told.get(front) ?? 0;
  told.set(front, all.length);
  return all.slice(since);
}

/**
 * A front lets only its own credential through, so a request that it answered with anything but 401 carried that.
 *
 * @returns the paths
 */
async function assertLetIn(front: Front): Promise<string[]> {
  const requests = await newRequests(front);
  assert.ok(requests.length > 0);
  assert.equal(refusedAmong(requests), []);
  return requests.map(({ path }) => path);
}

for (const [client, find] of Object.entries(clients)) {
  let python: string;
  /** An experiment that only this client uses. */
  const experiment = (name: string) => `${client} ${name}`;
  const oneRun = (name: string) => [python, "one-run.py", experiment(name)];
  const runsIn = (name: string) => runsOf(stage.mlflow, experiment(name));

  test(`${client}: is there`, async () => {
    python = await find();
    const { stdout } = await project.run([python, "-c", "import mlflow; print(mlflow.__version__)"]);
    assert.is(stdout.split(".")[0], client.split(" ")[1]);
  });

  test(`${client}: pip lists the same packages under exec as without it, though MLflow finds the bridge`, async () => {
    const freeze = [python, "-m", "pip", "freeze"];
    const without = await project.run(freeze);
    const under = await exec(east, freeze);
    assert.match(without.stdout, /^mlflow(?:-skinny)?==/m);
    assert.is(under.stdout, without.stdout);
    const program =
      "from importlib.metadata import entry_points as e; print([p.name for p in e(group='mlflow.request_auth_provider')])";
    assert.match((await exec(east, [python, "-c", program])).stdout, "'mlflow-auth'");
  });

  test(`${client}: servers that are named in code get their own credentials, from child processes too; the links are theirs`, async () => {
    const { code, stdout, stderr } = await exec(east, [python, "in-code.py", west.uri, east.uri, experiment("named")]);
    assert.is(code, 0, stderr);
    const runs = await runsIn("named");
    assert.equal(
      runs?.map(({ name, status }) => [name, status]),
      ["first", "spawned", "child"].map((name) => [name, "FINISHED"]),
    );
    const made = JSON.parse(stdout.trim().split("\n").at(-1) as string) as { run: string; experiment: string };
    assert.is(runs?.[0]?.id, made.run);
    assert.is(runs?.[0]?.metrics["later"], 1);
    const linkOf = (id: string | undefined) => `${west.uri}/#/experiments/${made.experiment}/runs/${id}`;
    assert.match(stdout, `at: ${linkOf(made.run)}\n`);
    const links = runs?.map(({ id }) => `  ${linkOf(id)}\n`).join("");
    assert.ok(stderr.endsWith(`mlflow-auth: 3 runs were created:\n${links}`), stderr);
    await assertLetIn(west);
    for (const path of await assertLetIn(east)) assert.match(path, "/registered-models/");
  });

  test(`${client}: with nothing in code, the links are the server's own, too`, async () => {
    const { code, stdout, stderr } = await exec(west, oneRun("plain"));
    assert.is(code, 0, stderr);
    const [run] = (await runsIn("plain")) ?? [];
    assert.match(stdout, new RegExp(`at: ${west.uri}/#/experiments/\\d+/runs/${run?.id}\n`));
    assert.match(stderr, new RegExp(`1 run was created:\n {2}${west.uri}/#/experiments/\\d+/runs/${run?.id}\n$`));
    await assertLetIn(west);
  });

  test(`${client}: by MLFLOW_TRACKING_URI all that the program and its children ask past MLflow goes through the proxy, whatever MLflow did`, async () => {
    const { code, stdout, stderr } = await exec(west, [
      python,
      "own-requests.py",
      west.uri,
      east.uri,
      experiment("by hand"),
    ]);
    assert.is(code, 0, stderr);
    const asked = stdout.split("\n").filter((line) => / (requests|curl|python) \d+$/.test(line));
    const whens = ["before", "imported", "logged", "other", "again"];
    assert.equal(
      asked,
      whens.flatMap((when) => ["requests", "curl", "python"].map((how) => `${when} ${how} 200`)),
    );
    assert.match(stdout, `told 200 ${west.uri}\n`);
    assert.is((await runsIn("by hand"))?.length, 2);
    await assertLetIn(west);
    const others = await assertLetIn(east);
    assert.is(others.filter((path) => path === "/health").length, 3);
  });

  test(`${client}: MLflow's own command works`, async () => {
    const { code, stdout, stderr } = await exec(west, [python, "-m", "mlflow", "experiments", "search"]);
    assert.is(code, 0, stderr);
    assert.match(stdout, experiment("plain"));
    await assertLetIn(west);
  });

  test(`${client}: a plugin that the user chose is asked where the file gives no credential, and only there`, async () => {
    const env = { MLFLOW_TRACKING_AUTH: "own", OWN_SECRET: openSecret, PYTHONPATH: project.folder };
    const { code, stderr } = await exec(open, oneRun("own"), env);
    assert.is(code, 0, stderr);
    assert.match(stderr, "own plugin asked for POST /api/2.0/mlflow/runs/create");
    assert.match(stderr, `${open.uri}/#/experiments/`);
    assert.is((await runsIn("own"))?.length, 1);
    await assertLetIn(open);

    const listed = await exec(east, oneRun("not-own"), env);
    assert.is(listed.code, 0, listed.stderr);
    assert.not.match(listed.stderr, "own plugin asked");
    await assertLetIn(east);
  });

  test(`${client}: a plugin that is not installed is missed in MLflow's words, and the request goes through the proxy all the same`, async () => {
    const { stderr } = await exec(open, oneRun("missed"), { MLFLOW_TRACKING_AUTH: "no-such-plugin" });
    assert.match(stderr, "Could not find any registered plugin for no-such-plugin");
    assert.not.match(stderr, "never used the proxy");
    for (const { status, credential } of await newRequests(open)) assert.equal([status, credential], [401, false]);
  });

  test(`${client}: Python that ignores its path uses the proxy by its address`, async () => {
    const command = ["mlflow-auth", "exec", "--server", east.uri, "--", python, "-I", ...oneRun("isolated").slice(1)];
    const { code, stderr } = await project.run(command);
    assert.is(code, 0, stderr);
    assert.is((await runsIn("isolated"))?.length, 1);
    assert.match(stderr, `1 run was created:\n  ${east.uri}/#/experiments/`);
    await assertLetIn(east);
  });

  test(`${client}: without the bridge's name, the proxy's address stays for whatever the program sends`, async () => {
    project.write(
      "by-hand.py",
      `import mlflow, requests
mlflow.search_experiments()
print(requests.get(mlflow.get_tracking_uri() + "/health").text)
`,
    );
    const { code, stdout, stderr } = await exec(east, ["env", "-u", "MLFLOW_TRACKING_AUTH", python, "by-hand.py"]);
    assert.is(code, 0, stderr);
    assert.is(stdout, "OK\n");
    await assertLetIn(east);
  });

  test(`${client}: a server in code that the file does not list goes untouched, and exec says why nothing was used`, async () => {
    const unlisted = stage.mlflow.uri;
    project.write(
      "elsewhere.py",
      `import mlflow\nmlflow.set_tracking_uri("${unlisted}")\nprint(mlflow.search_experiments()[0].name)\n`,
    );
    const command = ["mlflow-auth", "exec", "--server", east.uri, "--", python, "elsewhere.py"];
    const { code, stdout, stderr } = await project.run(command);
    assert.is(code, 0, stderr);
    assert.ok(stdout.trim() !== "");
    assert.match(stderr, "the program never used the proxy");
    assert.match(stderr, `It went elsewhere, without: ${unlisted}/`);
    assert.match(stderr, "Try this: ");
  });
}

test.run();

const portsOf = (...fronts: Front[]) => fronts.map(({ uri }) => `${new URL(uri).port}\\b`).join("|");

/** An MLflow plugin for request auth, as somebody else may have installed it. */
function writePlugin(project: Project): void {
  project.write("own_plugin-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: own-plugin\nVersion: 1\n");
  project.write(
    "own_plugin-1.dist-info/entry_points.txt",
    "[mlflow.request_auth_provider]\nown = own_plugin:Provider\n",
  );
  project.write(
    "own_plugin.py",
    `import os, sys

class Auth:
    def __call__(self, request):
        print("own plugin asked for", request.method, request.path_url, file=sys.stderr)
        request.headers["Authorization"] = "Bearer " + os.environ["OWN_SECRET"]
        return request

class Provider:
    def get_name(self):
        return "own"

    def get_auth(self):
        return Auth()
`,
  );
}
