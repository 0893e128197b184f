/** What a person hears while MLflow's client waits without a word: Python's mlflow under `exec`, an nginx that fails, a real MLflow behind it. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing } from "../servers/tools.ts";
import { startNginxSites } from "./fixture/nginx-sites.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { type Stage, startStage } from "./fixture/stage.ts";

const test = suite("failures that MLflow's client bears in silence", {
  missing: await missing("mlflow", "vault", "nginx"),
});

/** The client tries three times and does not wait: what it says, and does not say, is the same. */
const HURRY = { MLFLOW_HTTP_REQUEST_MAX_RETRIES: "2", MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: "0" };
const statuses = ["429", "500", "502", "503"] as const;
let stage: Stage;
let uris: Readonly<Record<string, string>>;
let secret: string;

test.before(async () => {
  stage = await startStage();
  closeAfterwards(() => stage.stop());
  secret = stage.watch.secret();
  await stage.vault.put("secret/mlflow/auth", { token: secret });
  const sites = Object.fromEntries(statuses.map((status) => [status, `location / { return ${status}; }`]));
  const works = `location / { proxy_pass ${stage.mlflow.uri}; proxy_set_header Host ${new URL(stage.mlflow.uri).host}; }`;
  // nginx makes its own 502.
  const down = "location / { proxy_pass http://127.0.0.1:1; }";
  const nginx = await startNginxSites({ ...sites, "502": down, works });
  closeAfterwards(nginx.stop);
  uris = nginx.uris;
});

async function projectFor(site: string): Promise<Project> {
  const { vault } = stage;
  const project = stage.createProject({
    config: `
version: 1
trackingUri: ${uris[site]}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/auth } }
`,
    env: { ...HURRY, VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token() },
  });
  addProgram(project, "one-run.py");
  return project;
}

/** Lines of ours, without those of Python. */
const own = (stderr: string) => stderr.split("\n").filter((line) => line.startsWith("mlflow-auth: "));
const program = ["--", "python", "one-run.py", "silent"];

for (const status of statuses) {
  test(`${status}: exec says once what happens, for how long, and what to do`, async () => {
    const project = await projectFor(status);
    const { code, stderr } = await project.run(["mlflow-auth", "exec", ...program]);
    assert.is.not(code, 0);
    const warnings = own(stderr).filter((line) => line.startsWith("mlflow-auth: warning: "));
    assert.is(warnings.length, 1, stderr);
    assert.match(warnings[0] as string, `${uris[status]} answers ${status}`);
    assert.match(warnings[0] as string, /up to 7 times again, for about 4 minutes, without a word .*Try this: \w/);
  });
}

test("the proxy says it as well, of all its clients together", async () => {
  const project = await projectFor("503");
  const sidecar = await startSidecar(project);
  for (let round = 0; round < 5; round++) assert.is((await fetch(`${sidecar.url}/api/2.0/mlflow/x`)).status, 503);
  const { stderr } = await sidecar.stop();
  assert.is(stderr.match(/answers 503/g)?.length, 1, stderr);
});

test("at debug every request is one line with method, path, status and milliseconds, and no query", async () => {
  const project = await projectFor("works");
  const { code, stderr } = await project.run(["mlflow-auth", "exec", "--log-level", "debug", ...program]);
  assert.is(code, 0, stderr);
  const ends = own(stderr).flatMap(
    (line) => /debug: (\w+ \/\S*): answered (\d+) after \d+ ms/.exec(line)?.slice(1, 3).join(" ") ?? [],
  );
  for (const expected of ["POST /api/2.0/mlflow/runs/create 200", "POST /api/2.0/mlflow/runs/update 200"]) {
    assert.is(ends.filter((line) => line === expected).length, 1, `${expected}: ${stderr}`);
  }
  assert.ok(
    ends.some((line) => line.startsWith("GET /api/2.0/mlflow/experiments/get-by-name ")),
    ends.join("\n"),
  );
  assert.not.match(stderr, "experiment_name=");
});

test("at debug a request that is refused here is a line, too, with the status that the program got and the code of its reason", async () => {
  const project = await projectFor("works");
  const env = { VAULT_TOKEN: "not-a-token-of-this-vault" };
  const { code, stderr } = await project.run(["mlflow-auth", "exec", "--log-level", "debug", ...program], { env });
  assert.is.not(code, 0);
  assert.match(stderr, /debug: GET \/api\/2\.0\/mlflow\/\S+: refused with 424 \([A-Z_]+\) after \d+ ms/, stderr);
});

test("at info an operator sees listening, the secret renewed, refusals with their reasons, and stopping", async () => {
  const project = await projectFor("works");
  const sidecar = await startSidecar(project, ["--log-level", "info"]);
  const { origin } = new URL(sidecar.url);
  assert.is((await fetch(`${sidecar.url}/api/2.0/mlflow/experiments/get?experiment_id=0`)).status, 200);
  for (let round = 0; round < 5; round++) assert.is((await fetch(`${origin}/no-token`)).status, 403);
  const { stderr } = await sidecar.stop();
  const told = own(stderr).filter((line) => line.startsWith("mlflow-auth: info: "));
  const has = (part: string) => told.filter((line) => line.includes(part)).length;
  assert.is(has(`listening on ${origin} for ${uris["works"]}`), 1, stderr);
  assert.is(has("plugin vault fetched its secret anew"), 1, stderr);
  assert.is(has("refused a request with 403: the request lacks the token"), 1, stderr);
  assert.is(has("stopping: no more connections are taken, and requests under way get 10 s"), 1, stderr);
  assert.is(has("stopped"), 1, stderr);
  assert.not.match(stderr, new URL(sidecar.url).pathname.slice(1));
});

test("with MLFLOW_AUTH_LOG_FORMAT=json every line of exec is an object, the warning too", async () => {
  const project = await projectFor("503");
  const env = { MLFLOW_AUTH_LOG_FORMAT: "json" };
  const { stdout, stderr } = await project.run(["mlflow-auth", "exec", "--", "python", "-c", quiet], { env });
  assert.is(stdout, "failed\n");
  const lines = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(
    lines.map(({ level, name, msg }) => [level, name, msg.slice(0, 12)]),
    [
      ["info", "mlflow-auth", "using mlflow"],
      ["warn", "mlflow-auth", (uris["503"] as string).slice(0, 12)],
    ],
  );
  assert.is(lines[1].status, 503);
});

test("--log-level silent is silent", async () => {
  const project = await projectFor("503");
  const { stdout, stderr } = await project.run([
    "mlflow-auth",
    "exec",
    "--log-level",
    "silent",
    "--",
    "python",
    "-c",
    quiet,
  ]);
  assert.is(stdout, "failed\n");
  assert.is(stderr, "");
});

const quiet = `
import mlflow
try:
    mlflow.MlflowClient().search_experiments()
except Exception:
    print("failed")
`;

test.run();
