import { setTimeout as sleep } from "node:timers/promises";
import { form, long, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing } from "../servers/tools.ts";
import type { Child } from "./fixture/child.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";
import { startVaultFront, type VaultFront } from "./fixture/vault-front.ts";

const test = suite(`G5${form}: a secret that is rotated in the middle of a loop`, {
  missing: await missing("mlflow", "vault", "nginx", "curl"),
});
let stage: Stage;
let vaultFront: VaultFront;

const ROTATIONS = long ? 100 : 3;
/** Seconds that a loop may take at most. */
const PATIENCE = long ? 900 : 60;
/** Steps of the loop before, between and after the rotations. */
const STEPS = 8;

test.before(async () => {
  stage = await startStage();
  vaultFront = await startVaultFront(stage.vault);
});
test.after(async () => {
  await stage.stop();
  await vaultFront.stop();
});

/** What starts the loop in a project, and what ends with it. */
type Start = (project: Project) => Promise<{ loop: Child; end?: () => Promise<unknown> }>;

async function rotateUnder(name: string, start: Start): Promise<void> {
  const { vault, watch } = stage;
  const path = `mlflow/${name}`;
  const first = watch.secret();
  await vault.put(`secret/${path}`, { token: first });
  const front = await stage.openFront(bearer(first), { keepAlive: false });
  let last = first;
  const project = stage.createProject({
    config: `
version: 1
trackingUri: ${front.uri}
plugins:
  vault: { address: ${vaultFront.address}, secret: { path: ${path} } }
`,
    env: { MLFLOW_TRACKING_URI: front.uri, VAULT_TOKEN: await vault.token() },
  });
  for (const program of ["loop.py", "loop.mjs", "loop.sh"]) addProgram(project, program);
  const { loop, end } = await start(project);
  await steps(loop, STEPS);
  for (let rotation = 1; rotation <= ROTATIONS; rotation++) {
    const next = watch.secret();
    await vault.put(`secret/${path}`, { token: next });
    // A real front has no single moment. For a while, a process with the old list answers beside one with the new list.
    await front.setAccepted([bearer(last), bearer(next)]);
    await front.setAccepted([bearer(next)]);
    last = next;
    await steps(loop, STEPS);
  }
  project.write("stop", "");
  const { code, stdout, stderr } = await loop.finished;
  assert.is(code, 0, stderr);
  await end?.();

  const logged = stdout.split("\n").filter((line) => /^\d+$/.test(line)).length;
  const [run] = (await runsOf(stage.mlflow, name)) ?? [];
  assert.equal([run?.status, run?.metrics], ["FINISHED", { step: logged }]);
  assert.is(vaultFront.reads(`secret/data/${path}`), 1 + ROTATIONS);
  const refused = (await front.requests()).filter(({ status }) => status === 401);
  assert.is(refused.length, ROTATIONS);
}

/** Waits until the loop has done so many more steps. */
async function steps(loop: Child, more: number): Promise<void> {
  const taken = () =>
    loop
      .stdout()
      .split("\n")
      .filter((line) => /^\d+$/.test(line)).length;
  const wanted = taken() + more;
  let over = false;
  loop.finished.finally(() => (over = true)).catch(() => undefined);
  while (taken() < wanted) {
    if (over) throw new Error(`the loop ended after ${taken()} steps:\n${loop.stdout()}\n${loop.stderr()}`);
    await sleep(5);
  }
}

test("Python's mlflow through exec does not notice", async () => {
  await rotateUnder("exec", async (project) => ({
    loop: project.start(["mlflow-auth", "exec", "--", "python", "loop.py", "exec"], { timeout: PATIENCE }),
  }));
});

test("fetch through register does not notice", async () => {
  await rotateUnder("register", async (project) => ({
    loop: project.start(["node", "--import", "@mlflow-auth/core/register", "loop.mjs", "register"], {
      timeout: PATIENCE,
    }),
  }));
});

test("curl through the proxy does not notice", async () => {
  await rotateUnder("proxy", async (project) => {
    const { url, stop } = await startSidecar(project, [], { timeout: 2 * PATIENCE });
    const env = { MLFLOW_TRACKING_URI: url };
    return { loop: project.start(["sh", "loop.sh", "proxy"], { env, timeout: PATIENCE }), end: stop };
  });
});

test.run();
