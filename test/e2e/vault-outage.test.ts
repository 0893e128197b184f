import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Front } from "../servers/front.ts";
import { missing } from "../servers/tools.ts";
import type { Child } from "./fixture/child.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";
import { type StockedVault, startStockedVault } from "./fixture/stocked-vault.ts";
import { startVaultFront, type VaultFront } from "./fixture/vault-front.ts";

const test = suite("a Vault that is stopped in the middle of a run, and comes back", {
  missing: await missing("mlflow", "vault", "nginx"),
});
let stage: Stage;
const ends: (() => Promise<unknown>)[] = [];

/** Steps of the loop in each phase. */
const STEPS = 8;
/** Milliseconds. It is longer than a secret of these tests stays fresh. */
const BEYOND_TTL = 1_500;

test.before(async () => {
  stage = await startStage();
});
test.afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
test.after(() => stage.stop());

/** A Vault of its own, behind an address that outlives it. */
interface Outage {
  readonly project: Project;
  readonly front: Front;
  readonly vaultFront: VaultFront;
  readonly path: string;
  stopVault(): Promise<void>;
  /** Starts another Vault with another secret. From then on MLflow takes that one as well. */
  bringBack(): Promise<void>;
  /** From then on MLflow takes only the new secret. */
  endOldSecret(): Promise<void>;
}

async function prepared(name: string, maxStale: string): Promise<Outage> {
  const { watch } = stage;
  let vault: StockedVault = await startStockedVault(watch);
  const target = { address: vault.address };
  const vaultFront = await startVaultFront(target);
  ends.push(() => vault.stop(), vaultFront.stop);
  const [old, next] = [watch.secret(), watch.secret()];
  await vault.put(`secret/mlflow/${name}`, { token: old });
  const front = await stage.openFront(bearer(old), { keepAlive: false });
  const project = stage.createProject({
    config: `
version: 1
trackingUri: ${front.uri}
plugins:
  vault:
    address: ${vaultFront.address}
    secret: { path: mlflow/${name} }
    cache: { ttl: 1s, maxStale: ${maxStale} }
`,
    env: { MLFLOW_TRACKING_URI: front.uri, VAULT_TOKEN: vault.rootToken },
  });
  for (const program of ["loop.py", "loop.mjs", "patient-loop.mjs"]) addProgram(project, program);
  return {
    project,
    front,
    vaultFront,
    path: `secret/data/mlflow/${name}`,
    stopVault: () => vault.stop(),
    async bringBack() {
      vault = await startStockedVault(watch, { rootToken: vault.rootToken });
      await vault.put(`secret/mlflow/${name}`, { token: next });
      await front.setAccepted([bearer(old), bearer(next)]);
      target.address = vault.address;
    },
    endOldSecret: () => front.setAccepted([bearer(next)]),
  };
}

async function until(what: string, loop: Child, holds: () => boolean | Promise<boolean>): Promise<void> {
  let over = false;
  loop.finished.finally(() => (over = true)).catch(() => undefined);
  while (!(await holds())) {
    if (over) throw new Error(`the loop ended before ${what}:\n${loop.stdout()}\n${loop.stderr()}`);
    await sleep(10);
  }
}

const stepsOf = (output: string) => output.split("\n").filter((line) => /^\d+$/.test(line)).length;

async function steps(loop: Child, more: number): Promise<void> {
  const wanted = stepsOf(loop.stdout()) + more;
  await until(`step ${wanted}`, loop, () => stepsOf(loop.stdout()) >= wanted);
}

/** Checks that every step that the program printed is in MLflow, and that the front in front of it never refused a request. */
async function assertWhole(loop: Child, name: string, { project, front }: Outage): Promise<string> {
  project.write("stop", "");
  const { code, stdout, stderr } = await loop.finished;
  assert.is(code, 0, stderr);
  const [run] = (await runsOf(stage.mlflow, name)) ?? [];
  assert.equal([run?.status, run?.metrics], ["FINISHED", { step: stepsOf(stdout) }]);
  assert.equal(
    (await front.requests()).filter(({ status }) => status === 401),
    [],
  );
  return stderr;
}

const node = (program: string, name: string) => ["node", "--import", "@mlflow-auth/core/register", program, name];
const python = (name: string) => ["mlflow-auth", "exec", "--", "python", "loop.py", name];

for (const [what, name, command] of [
  ["fetch through register", "stale-register", node("loop.mjs", "stale-register")],
  ["Python's mlflow through exec", "stale-exec", python("stale-exec")],
] as const) {
  test(`within maxStale ${what} does not notice, and goes on with the new secret afterwards`, async () => {
    const outage = await prepared(name, "1h");
    const loop = outage.project.start(command, { timeout: 120 });
    await steps(loop, STEPS);
    await outage.stopVault();
    await until("the warning", loop, () => /goes on with the secret it has: .*Vault/.test(loop.stderr()));
    await sleep(BEYOND_TTL);
    await steps(loop, STEPS);
    await outage.bringBack();
    const { vaultFront, path } = outage;
    const before = vaultFront.reads(path);
    await until("Vault was asked again", loop, () => vaultFront.reads(path) > before);
    await steps(loop, STEPS);
    await outage.endOldSecret();
    await steps(loop, STEPS);
    await assertWhole(loop, name, outage);
  });
}

test("without maxStale nothing is sent once the secret has ended; the program hears why, and recovers by itself", async () => {
  const name = "fresh-register";
  const outage = await prepared(name, "0s");
  const loop = outage.project.start(node("patient-loop.mjs", name), { timeout: 120 });
  await steps(loop, STEPS);
  await outage.stopVault();
  await until("the first failure", loop, () => loop.stdout().includes("failed "));
  const sent = (await outage.front.requests()).length;
  const taken = stepsOf(loop.stdout());
  await sleep(BEYOND_TTL);
  assert.is((await outage.front.requests()).length, sent);
  assert.is(stepsOf(loop.stdout()), taken);
  await outage.bringBack();
  await steps(loop, STEPS);
  await outage.endOldSecret();
  await steps(loop, STEPS);
  await assertWhole(loop, name, outage);
  const failures = new Set(loop.stdout().match(/^failed .*$/gm));
  assert.equal([...failures].length, 1, [...failures].join("\n"));
  assert.match(
    [...failures][0] ?? "",
    /^failed SECRET_UNREACHABLE Vault does not answer: http:.* check address \(VAULT_ADDR\)/,
  );
});

test("without maxStale Python's mlflow through exec waits for Vault's return, and sends nothing bare meanwhile", async () => {
  const name = "fresh-exec";
  const outage = await prepared(name, "0s");
  const loop = outage.project.start(python(name), { timeout: 180 });
  await steps(loop, STEPS);
  await outage.stopVault();
  await until("the warning", loop, () => loop.stderr().includes("SECRET_UNREACHABLE"));
  const sent = (await outage.front.requests()).length;
  await sleep(BEYOND_TTL);
  assert.is((await outage.front.requests()).length, sent);
  await outage.bringBack();
  await steps(loop, STEPS);
  await outage.endOldSecret();
  await steps(loop, STEPS);
  await assertWhole(loop, name, outage);
});

test.run();
