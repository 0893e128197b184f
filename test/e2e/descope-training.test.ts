/** A training that a session of Descope lets in: programs as they are, before Descope's own judge of sessions and a real MLflow. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type FakeDescope, startFakeDescope } from "../servers/descope-fake.ts";
import { type DescopeFront, startDescopeFront } from "../servers/descope-front.ts";
import { refusedBy } from "../servers/front.ts";
import { type RealMlflow, startMlflow } from "../servers/mlflow.ts";
import { missing } from "../servers/tools.ts";
import { countExperiments, runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, createProject, type Project } from "./fixture/project.ts";
import { betweenTwoRequests } from "./fixture/two-requests.ts";
import { createWatch } from "./fixture/watch.ts";

const test = suite("a training before MLflow, with a session of Descope", {
  missing: await missing("mlflow", "curl"),
  timeout: 240,
});

let mlflow: RealMlflow;
test.before(async () => {
  mlflow = await startMlflow();
});
test.after(() => mlflow.stop());

interface Scene {
  readonly descope: FakeDescope;
  readonly front: DescopeFront;
  readonly project: Project;
}

async function open(options: object = {}): Promise<Scene> {
  const watch = createWatch();
  const descope = await startFakeDescope();
  closeAfterwards(() => descope.stop());
  descope.user = {
    email: "ann@example.com",
    name: "Ännchen 漢",
    roles: ["mlflow-editor", "team,lead"],
    permissions: ["mlflow:write"],
    tenants: { T2a: {}, T2b: {} },
  };
  const front = await startDescopeFront(descope, mlflow.uri);
  closeAfterwards(() => front.stop());
  const { projectId, url: baseUrl } = descope;
  const plugin = { projectId, baseUrl, accessKey: { env: "DESCOPE_ACCESS_KEY" }, ...options };
  const config = JSON.stringify({ version: 1, trackingUri: front.uri, plugins: { descope: plugin } });
  const env = { MLFLOW_TRACKING_URI: front.uri, DESCOPE_ACCESS_KEY: watch.add("the access key", descope.accessKey) };
  const project = createProject({ config, env, python: mlflow.python, watch });
  closeAfterwards(project.remove);
  return { descope, front, project };
}

const TAGS = {
  "descope.user_id": "U2ann",
  "descope.username": "U2ann",
  "descope.email": "ann@example.com",
  "descope.name": "Ännchen 漢",
  "descope.roles": "mlflow-editor,team,lead",
  "descope.permissions": "mlflow:write",
  "descope.tenants": "T2a,T2b",
};

const register = ["node", "--import", "@mlflow-auth/core/register"];
const programs: Readonly<Record<string, readonly string[]>> = {
  "Python's mlflow through exec": ["mlflow-auth", "exec", "--", "python", "train.py"],
  "npm's mlflow through register": [...register, "npm-mlflow.cjs"],
  "fetch through register": [...register, "fetch-runs.mjs"],
  "curl through exec": ["mlflow-auth", "exec", "--", "sh", "-e", "curl.sh"],
};

const CURL = `post() { curl -sSf -H 'Content-Type: application/json' -d "$2" "$MLFLOW_TRACKING_URI/api/2.0/mlflow/$1"; }
id=$(post experiments/create "{\\"name\\":\\"$1\\"}" | tr -dc 0-9)
post runs/create "{\\"experiment_id\\":\\"$id\\"}"
`;

for (const [what, command] of Object.entries(programs)) {
  test(`${what}: its runs have the seven tags of whose session it was`, async () => {
    const { descope, front, project } = await open();
    const program = command.at(-1) as string;
    if (program === "curl.sh") project.write(program, CURL);
    else addProgram(project, program);
    const experiment = `descope-${program}`;
    const { code, stderr } = await project.run([...command, experiment, "fetch"], { timeout: 120 });
    assert.is(code, 0, stderr);
    const runs = (await runsOf(mlflow, experiment)) ?? [];
    assert.ok(runs.length > 0);
    for (const { tags } of runs) {
      assert.equal(Object.fromEntries(Object.keys(TAGS).map((name) => [name, tags[name]])), TAGS);
    }
    assert.equal(await refusedBy(front), []);
    assert.is(descope.asked.exchange, 1, "one session for all requests of a program");
  });
}

test("a session that is not valid any more is replaced within the request", async () => {
  const { descope, front, project } = await open();
  const { stdout, stderr } = await betweenTwoRequests(project, () => front.refuse(descope.sessions));
  assert.is(stdout, "200\n200\n", stderr);
  assert.equal(
    (await front.requests()).map(({ status }) => status),
    [200, 401, 200],
  );
});

test("without mlflow-auth the same program is refused, and nothing is created", async () => {
  const { front, project } = await open();
  addProgram(project, "fetch-runs.mjs");
  const before = await countExperiments(mlflow);
  assert.is.not((await project.run(["node", "fetch-runs.mjs", "bare", "fetch"])).code, 0);
  assert.is(await countExperiments(mlflow), before);
  assert.equal(
    (await front.requests()).map(({ status, credential }) => [status, credential]),
    [[401, false]],
  );
});

test("doctor says whose session it is, and which permission level that amounts to", async () => {
  const { project } = await open({ usernameClaim: "email" });
  const { code, stdout, stderr } = await project.run(["mlflow-auth", "doctor"], { timeout: 60 });
  assert.is(code, 0, `${stdout}${stderr}`);
  assert.match(
    stdout,
    /secret +from descope, for the header Authorization \(ann@example\.com, permission level EDIT\)/,
  );
  assert.match(stdout, /headers +X-Descope-User-ID, X-Descope-Username, X-Descope-Email, X-Descope-Roles, /);
  const admin = await open({ adminRoles: ["team,lead"] });
  assert.match((await admin.project.run(["mlflow-auth", "doctor"], { timeout: 60 })).stdout, /permission level MANAGE/);
});

test.run();
