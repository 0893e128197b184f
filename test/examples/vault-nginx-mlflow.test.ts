/** examples/vault-nginx-mlflow as it stands, on a real Vault, nginx and MLflow: its files, and the commands of its README. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { root } from "../docs/markdown.ts";
import { runGuide } from "../docs/run-guide.ts";
import { createProject, type Project } from "../e2e/fixture/project.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { type RealMlflow, startMlflow } from "../servers/mlflow.ts";
import { freePort } from "../servers/process/free-port.ts";
import { missing } from "../servers/tools.ts";
import { type RealVault, startVault } from "../servers/vault.ts";

const folder = `${root}examples/vault-nginx-mlflow`;
const readme = "examples/vault-nginx-mlflow/README.md";
const FRONT = "http://127.0.0.1:8080";
const MLFLOW = "http://127.0.0.1:5000";
const STEPS = 30;
/** What somebody who has tried the example by hand has left in its folder. */
const made = /accepted-tokens\.map|login\.env|nginx\.pid|temp-|\.log$|mlflow\.db|mlartifacts|node_modules/;

const test = suite("examples/vault-nginx-mlflow", { missing: await missing("vault", "nginx", "mlflow", "curl") });
const watch = createWatch();
let vault: RealVault;
let mlflow: RealMlflow;
let project: Project;
let front: string;
let admin: Record<string, string>;

test.before(async () => {
  [vault, mlflow] = await Promise.all([startVault(), startMlflow()]);
  // As `vault server -dev` does by itself.
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  admin = { VAULT_TOKEN: watch.add("Vault's root token", vault.rootToken) };
  front = `http://127.0.0.1:${await freePort()}`;
  project = openExample();
});
test.after(async () => {
  await project.run(["nginx", ..."-p . -e error.log -c nginx.conf -s stop".split(" ")]);
  await Promise.all([vault.stop(), mlflow.stop()]);
  project.remove();
});

/** Its files, but for the two ports that its configuration of nginx names. */
function openExample(): Project {
  const config = readFileSync(`${folder}/mlflow-auth.yaml`, "utf8");
  const env = { VAULT_ADDR: vault.address, MLFLOW_TRACKING_URI: front };
  const opened = createProject({ config, env, python: mlflow.python, watch });
  cpSync(folder, opened.folder, { recursive: true, filter: (path) => !made.test(path.slice(folder.length)) });
  const nginx = readFileSync(`${folder}/nginx.conf`, "utf8");
  assert.match(nginx, `listen ${new URL(FRONT).host};`);
  assert.match(nginx, `proxy_pass ${MLFLOW};`);
  // Root would make its workers another user, who can't enter the project.
  const user = process.getuid?.() === 0 ? "user root;\n" : "";
  writeFileSync(
    join(opened.folder, "nginx.conf"),
    user + nginx.replace(new URL(FRONT).host, new URL(front).host).replace(MLFLOW, mlflow.uri),
  );
  return opened;
}

test("the commands of its README work", async () => {
  // Its last block stops nginx, which the next test goes on with.
  assert.is(await runGuide(readme, { kind: "npm", project, admin, names: [[FRONT, front]] }), 5);
});

test("a training runs through two rotations of the token", async () => {
  await succeed("nginx -p . -e error.log -c nginx.conf");
  const before = refusals();
  // So slow that it is far from over when a rotation is done.
  const command = `. ./login.env; npx mlflow-auth exec -- python train.py ${STEPS} 0.4`;
  const training = project.start(["sh", "-ec", command], { timeout: 240 });
  const reached = async (step: number) => {
    let over = false;
    training.finished.catch(() => undefined).finally(() => (over = true));
    while (!over && !training.stdout().includes(`step ${step}\n`)) await sleep(20);
  };
  for (const step of [2, 6]) {
    await reached(step);
    await succeed("node rotate.mjs", admin);
  }
  const { code, stdout, stderr } = await training.finished;
  assert.is(code, 0, stdout + stderr);
  assert.is(await lossesOfTheLastRun(), STEPS);
  assert.ok(refusals() - before >= 2, "each rotation shows as a refusal");
});

function refusals(): number {
  return readFileSync(join(project.folder, "access.log"), "utf8").split('" 401 ').length - 1;
}

async function succeed(command: string, env: Record<string, string> = {}): Promise<void> {
  const { code, stdout, stderr } = await project.run(["sh", "-ec", command], { env });
  assert.is(code, 0, `${command}\n${stdout}${stderr}`);
}

/** Asked at MLflow itself, behind the front. */
async function lossesOfTheLastRun(): Promise<number> {
  const ask = async (path: string, body?: object) => {
    const init = body && {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    };
    // biome-ignore lint/suspicious/noExplicitAny: MLflow's answers
    return (await (await fetch(`${mlflow.uri}/api/2.0/mlflow/${path}`, init)).json()) as any;
  };
  const { experiment } = await ask("experiments/get-by-name?experiment_name=vault-nginx-mlflow");
  const { runs } = await ask("runs/search", { experiment_ids: [experiment.experiment_id], max_results: 1 });
  const [{ info }] = runs;
  assert.is(info.status, "FINISHED");
  return (await ask(`metrics/get-history?run_id=${info.run_id}&metric_key=loss`)).metrics.length;
}

test.run();
