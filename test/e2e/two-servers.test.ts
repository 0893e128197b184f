import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Front, refusedBy } from "../servers/front.ts";
import { missing } from "../servers/tools.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { basic, bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("two servers in one file with different credentials", {
  missing: await missing("mlflow", "vault", "nginx", "curl"),
});
let stage: Stage;
let east: Front;
let west: Front;
let project: Project;

test.before(async () => {
  stage = await startStage();
  const { vault, watch } = stage;
  const eastSecret = watch.secret();
  const westSecret = watch.secret();
  await vault.put("secret/mlflow/east", { token: eastSecret });
  await vault.put("kv1/mlflow/west", { username: "west", password: westSecret });
  east = await stage.openFront(bearer(eastSecret));
  west = await stage.openFront(basic("west", westSecret), { basePath: "/west" });
  project = stage.createProject({
    config: `
version: 1
servers:
  - uri: ${east.uri}
    auth: east
  - uri: ${west.uri}
    auth: [west]
plugins:
  east: { plugin: vault, address: "\${VAULT_ADDR}", secret: { path: mlflow/east } }
  west:
    plugin: vault
    address: \${VAULT_ADDR}
    secret: { mount: kv1, path: mlflow/west }
    credential: { mode: basic }
`,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token() },
  });
  addProgram(project, "both.mjs");
});
test.after(() => stage.stop());

/** A front lets only its own credential through. So a request that it answered with anything but 401 had that one and no other. */
async function assertEachGotItsOwn(): Promise<void> {
  for (const front of [east, west]) assert.equal(await refusedBy(front), []);
}

async function arrivals(): Promise<[east: number, west: number]> {
  return [(await east.requests()).length, (await west.requests()).length];
}

test("a program with register that talks to both gives each its own", async () => {
  const register = ["node", "--import", "@mlflow-auth/core/register", "both.mjs"];
  const { code, stderr } = await project.run([...register, east.uri, west.uri, "both"]);
  assert.equal([code, stderr], [0, ""]);
  assert.is((await runsOf(stage.mlflow, "both"))?.length, 20);
  assert.equal(await arrivals(), [11, 10]);
  await assertEachGotItsOwn();
});

test("exec and proxy lead to the server that is chosen, and need to be told which", async () => {
  const [eastBefore, westBefore] = await arrivals();
  const ask = ["sh", "-c", 'curl --silent --fail "$MLFLOW_TRACKING_URI/health"'];
  const undecided = await project.run(["mlflow-auth", "exec", "--", ...ask]);
  assert.is(undecided.code, 2);
  for (const { uri } of [east, west]) assert.match(undecided.stderr, uri);

  const chosen = await project.run(["mlflow-auth", "exec", "--server", west.uri, "--", ...ask]);
  assert.equal([chosen.code, chosen.stdout], [0, "OK"]);
  const ambient = await project.run(["mlflow-auth", "exec", "--", ...ask], { env: { MLFLOW_TRACKING_URI: east.uri } });
  assert.equal([ambient.code, ambient.stdout], [0, "OK"]);
  assert.equal(await arrivals(), [eastBefore + 1, westBefore + 1]);
  await assertEachGotItsOwn();
});

test("through one proxy, the other listed server is reached by its name and gets its own credential", async () => {
  const [eastBefore, westBefore] = await arrivals();
  const { url, stop } = await startSidecar(project, ["--server", east.uri]);
  const { host } = new URL(west.uri);
  const path = "api/2.0/mlflow/experiments/search?max_results=1";
  const curl = ["curl", "--silent", "--output", "answer", "--write-out", "%{http_code} "];
  const { stdout } = await project.run([
    ...curl,
    `${url}/${path}`,
    "--next",
    ...curl.slice(1),
    `${url}/~http:${host}/west/${path}`,
  ]);
  assert.is(stdout, "200 200 ");
  await stop();
  assert.equal(await arrivals(), [eastBefore + 1, westBefore + 1]);
  await assertEachGotItsOwn();
});

test("Python's registry on the other server gets the other credential", async () => {
  const [, westBefore] = await arrivals();
  project.write(
    "registry.py",
    `import mlflow
experiment = mlflow.MlflowClient().create_experiment("registry")
mlflow.MlflowClient().create_run(experiment)
mlflow.MlflowClient().create_registered_model("west-model")
`,
  );
  const env = { MLFLOW_TRACKING_URI: east.uri, MLFLOW_REGISTRY_URI: west.uri };
  const { code, stderr } = await project.run(["mlflow-auth", "exec", "--", "python", "registry.py"], { env });
  assert.is(code, 0, stderr);
  const creations = (await west.requests()).slice(westBefore).map(({ path }) => path);
  assert.equal(creations, ["/west/api/2.0/mlflow/registered-models/create"]);
  await assertEachGotItsOwn();
});

test("what one server redirects to the other carries the other's credential, and elsewhere none", async () => {
  const bystander = await stage.openFront("Bearer nobody");
  project.write(
    "redirects.mjs",
    `import { createServer } from "node:http";
import { once } from "node:events";
const [target] = process.argv.slice(2);
const server = createServer((request, response) => {
  response.writeHead(307, { Location: target }).end();
}).listen(0, "127.0.0.1");
await once(server, "listening");
console.log((await fetch("http://127.0.0.1:" + server.address().port)).status);
server.close();
server.closeAllConnections();
`,
  );
  const register = ["node", "--import", "@mlflow-auth/core/register", "redirects.mjs"];
  assert.is((await project.run([...register, `${west.uri}/health`])).stdout, "200\n");
  assert.is((await project.run([...register, `${bystander.uri}/health`])).stdout, "401\n");
  assert.equal(
    (await bystander.requests()).map(({ credential }) => credential),
    [false],
  );
  await assertEachGotItsOwn();
});

test.run();
