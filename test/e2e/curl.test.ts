import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Front } from "../servers/front.ts";
import { missing } from "../servers/tools.ts";
import { countExperiments, runsOf } from "./fixture/mlflow-api.ts";
import type { Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("curl and other programs", { missing: await missing("mlflow", "vault", "nginx", "curl") });
let stage: Stage;
let front: Front;
let project: Project;

const JSON_BODY = ["--header", "Content-Type: application/json"];
const LARGE = 64 * 1024 * 1024;

test.before(async () => {
  stage = await startStage();
  const { vault, watch } = stage;
  const secret = watch.secret();
  await vault.put("secret/mlflow/auth", { token: secret });
  front = await stage.openFront(bearer(secret), { basePath: "/ml" });
  project = stage.createProject({
    config: `
version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/auth } }
`,
    env: { MLFLOW_TRACKING_URI: front.uri, VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token() },
  });
});
test.after(() => stage.stop());

/** Runs curl with `args`; fails on an error status. */
async function curl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await project.run(["curl", "--silent", "--show-error", "--fail", ...args]);
  assert.is(code, 0, `curl ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** The status that curl gets. */
async function status(...args: string[]): Promise<number> {
  const write = ["--output", "answer", "--write-out", "%{http_code}"];
  return Number((await project.run(["curl", "--silent", ...write, ...args])).stdout);
}

test("curl reads and writes through the proxy, without a credential of its own", async () => {
  const { url, stop } = await startSidecar(project);
  const api = `${url}/api/2.0/mlflow`;
  const { experiment_id } = JSON.parse(
    await curl(`${api}/experiments/create`, ...JSON_BODY, "--data", '{"name":"curl"}'),
  );
  const body = JSON.stringify({ experiment_id, start_time: 1, run_name: "by hand" });
  const { run } = JSON.parse(await curl(`${api}/runs/create`, ...JSON_BODY, "--data", body));
  const read = JSON.parse(await curl("--get", `${api}/runs/get`, "--data-urlencode", `run_id=${run.info.run_id}`));
  assert.is(read.run.info.run_name, "by hand");
  assert.equal(
    (await runsOf(stage.mlflow, "curl"))?.map(({ name }) => name),
    ["by hand"],
  );
  const head = await curl("--head", `${url}/health`);
  assert.match(head, /^HTTP\/1\.1 200 /);
  assert.is((await stop()).code, 0);
});

test("a large file goes up and comes down through the proxy as it is", async () => {
  const { url, stop } = await startSidecar(project);
  const content = randomBytes(LARGE);
  const file = project.write("large.bin", content);
  const artifact = `${url}/api/2.0/mlflow-artifacts/artifacts/curl/large.bin`;
  await curl("--request", "PUT", "--data-binary", `@${file}`, artifact);
  await curl("--output", "large.down", artifact);
  assert.is(digest(readFileSync(join(project.folder, "large.down"))), digest(content));

  const streamed = `${url}/api/2.0/mlflow-artifacts/artifacts/curl/streamed.bin`;
  await curl("--header", "Transfer-Encoding: chunked", "--upload-file", file, streamed);
  const range = await project.run(["curl", "--silent", "--output", "streamed.down", streamed]);
  assert.is(range.code, 0);
  assert.is(digest(readFileSync(join(project.folder, "streamed.down"))), digest(content));
  await stop();
});

test("an answer of the server comes as it is: its status, and what it says", async () => {
  const { url, stop } = await startSidecar(project);
  const wanted = "api/2.0/mlflow/runs/get?run_id=0123456789abcdef0123456789abcdef";
  assert.is(await status(`${url}/${wanted}`), 404);
  assert.match(readFileSync(join(project.folder, "answer"), "utf8"), "RESOURCE_DOES_NOT_EXIST");
  await stop();
});

test("a wrong token gets nothing but 403, and the front sees nothing of it", async () => {
  const { url, stop } = await startSidecar(project);
  const before = (await front.requests()).length;
  const origin = new URL(url).origin;
  const path = "api/2.0/mlflow/experiments/search?max_results=1";
  assert.is(await status(`${origin}/${path}`), 403);
  assert.is(await status(`${origin}/${"x".repeat(43)}/${path}`), 403);
  assert.is(await status(`${url.slice(0, -1)}/${path}`), 403);
  assert.is(await status(`${url}x/${path}`), 403);
  assert.is((await front.requests()).length, before);
  assert.is(await status(`${url}/${path}`), 200);
  await stop();
});

test("the token in a file outlives the proxy", async () => {
  const first = await startSidecar(project, ["--token-file", "token"]);
  await first.stop();
  const second = await startSidecar(project, ["--token-file", "token"]);
  assert.is(new URL(second.url).pathname, new URL(first.url).pathname);
  assert.is(await status(`${second.url}/health`), 200);
  await second.stop();
});

test("curl within exec uses the address in its environment", async () => {
  project.write(
    "create.sh",
    `set -eu
curl --silent --show-error --fail "$MLFLOW_TRACKING_URI/api/2.0/mlflow/experiments/create" \\
  --header 'Content-Type: application/json' --data '{"name":"shell"}'
`,
  );
  const { code, stderr } = await project.run(["mlflow-auth", "exec", "--", "sh", "create.sh"]);
  assert.is(code, 0, stderr);
  assert.equal(await runsOf(stage.mlflow, "shell"), []);
  assert.not.match(stderr, "never used the proxy");
});

test("the same script without exec is refused, and creates nothing", async () => {
  const before = await countExperiments(stage.mlflow);
  const { code, stderr } = await project.run(["sh", "create.sh"]);
  assert.is(code, 22);
  assert.match(stderr, "401");
  assert.is(await countExperiments(stage.mlflow), before);
});

test("exec leaves with the code of the program, and passes its output and arguments on", async () => {
  project.write("end.sh", 'echo "out $1"; echo "err $2" >&2; exit 7');
  const { code, stdout, stderr } = await project.run(["mlflow-auth", "exec", "--", "sh", "end.sh", "a b", "--json"]);
  assert.equal([code, stdout], [7, "out a b\n"]);
  assert.match(stderr, /^err --json$/m);
  assert.match(stderr, "never used the proxy");
});

test.run();

function digest(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
