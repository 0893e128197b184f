import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing } from "../servers/tools.ts";
import type { Child } from "./fixture/child.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("artifacts of 20 MiB that are uploaded while the secret is rotated in Vault", {
  missing: await missing("mlflow", "vault", "nginx"),
});
let stage: Stage;
const ROUNDS = 2;

test.before(async () => {
  stage = await startStage();
});
test.after(() => stage.stop());

type Start = (project: Project) => Promise<{ child: Child; end?: () => Promise<unknown> }>;

async function uploadUnder(name: string, start: Start): Promise<void> {
  const { vault, watch } = stage;
  const path = `mlflow/upload-${name}`;
  const first = watch.secret();
  await vault.put(`secret/${path}`, { token: first });
  const front = await stage.openFront(bearer(first), { keepAlive: false });
  const project = stage.createProject({
    config: `
version: 1
trackingUri: ${front.uri}
plugins:
  vault: { address: ${vault.address}, secret: { path: ${path} } }
`,
    env: { MLFLOW_TRACKING_URI: front.uri, VAULT_TOKEN: await vault.token() },
  });
  addProgram(project, "large-artifacts.py");
  const { child, end } = await start(project);
  await printed(child, "ready");
  for (let round = 1; round <= ROUNDS; round++) {
    const next = watch.secret();
    await vault.put(`secret/${path}`, { token: next });
    await front.setAccepted([bearer(next)]);
    project.write(`round-${round}`, "");
    await printed(child, `round ${round}`);
  }
  const { code, stderr } = await child.finished;
  assert.is(code, 0, stderr);
  await end?.();
  const uploads = (await front.requests()).filter(
    ({ method, path }) => method === "PUT" && path.includes("/artifact-"),
  );
  const count = (wanted: number) => uploads.filter(({ status }) => status === wanted).length;
  assert.is(count(200), 2 * ROUNDS);
  // None was sent more often than its renewal asked for.
  assert.ok(count(401) > 0 && count(401) <= 2 * ROUNDS, `${count(401)} uploads met the old secret`);
}

async function printed(child: Child, line: string): Promise<void> {
  let over = false;
  child.finished.finally(() => (over = true)).catch(() => undefined);
  while (!child.stdout().split("\n").includes(line)) {
    if (over) throw new Error(`it ended before "${line}":\n${child.stdout()}\n${child.stderr()}`);
    await sleep(20);
  }
}

const program = ["python", "large-artifacts.py"];

test("Python's mlflow through exec repeats each upload at once", async () => {
  await uploadUnder("exec", async (project) => ({
    child: project.start(["mlflow-auth", "exec", "--", ...program, "exec", String(ROUNDS)], { timeout: 200 }),
  }));
});

test("Python's mlflow through the proxy repeats each upload at once", async () => {
  await uploadUnder("proxy", async (project) => {
    const { url, stop } = await startSidecar(project, [], { timeout: 250 });
    const env = { MLFLOW_TRACKING_URI: url };
    return { child: project.start([...program, "proxy", String(ROUNDS)], { env, timeout: 200 }), end: stop };
  });
});

test.run();
