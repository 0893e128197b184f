/** Programs that run for long, while secrets rotate, files change and proxies are killed. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { layeredEnvironment } from "../../packages/python/layered-environment.ts";
import { type Front, refusedAmong } from "../../servers/front.ts";
import { missing, mlflowPython } from "../../servers/tools.ts";
import type { Child } from "../fixture/child.ts";
import { runsOf } from "../fixture/mlflow-api.ts";
import { addProgram, type Project } from "../fixture/project.ts";
import { bearer, type Stage, startStage } from "../fixture/stage.ts";
import { proxiesOf, pythonProject } from "./scene.ts";

const test = suite("long runs with nothing in front of them", { missing: await missing("mlflow", "vault", "nginx") });

let stage: Stage;
let python: string;
let secret: string;
let front: Front;
let project: Project;

const configOf = (path: string, uri = front.uri) => `
version: 1
servers:
  - { uri: "${uri}", auth: vault }
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: "${path}" } }
`;

test.before(async () => {
  stage = await startStage();
  python = await layeredEnvironment(await mlflowPython(), ["vault"]);
});
test.after(() => stage.stop());

test.beforeEach(async () => {
  const { vault, watch } = stage;
  secret = watch.secret();
  await vault.put("secret/mlflow/long", { token: secret });
  front = await stage.openFront(bearer(secret), { keepAlive: false });
  const env = { VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token(), MLFLOW_TRACKING_URI: front.uri };
  project = pythonProject({ config: configOf("mlflow/long"), env, python, watch });
  addProgram(project, "loop.py");
});

const loop = (experiment: string, uri = front.uri) =>
  project.start(["python", "loop.py", experiment], { env: { MLFLOW_TRACKING_URI: uri }, timeout: 120 });
const steps = (child: Child) =>
  child
    .stdout()
    .split("\n")
    .filter((line) => /^\d+$/.test(line)).length;

/** Stands in front of the server, and keeps the next requests, or the bodies of their answers, until it is told to let them through. */
async function openHoldingFront(keeps: "requests" | "bodies" = "requests") {
  let held: (() => void) | undefined;
  let opened: Promise<void> | undefined;
  let open: () => void = () => {};
  const server = createServer(async (req, res) => {
    const keep = (): Promise<void> | undefined => {
      held?.();
      return opened;
    };
    if (keeps === "requests") await keep();
    const { method, headers, url } = req;
    const on = request(new URL(url as string, front.uri), { method, headers, agent: false }, async (answer) => {
      res.writeHead(answer.statusCode as number, answer.headers);
      res.flushHeaders();
      if (keeps === "bodies") await keep();
      answer.pipe(res);
    });
    on.on("error", () => res.destroy());
    req.pipe(on);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeAfterwards(() => {
    open();
    server.closeAllConnections();
    server.close();
  });
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Resolves once so many requests are there, which wait from then on, as all that come later. */
    hold(number = 1) {
      opened = new Promise((resolve) => {
        open = resolve;
      });
      return new Promise<void>((resolve) => {
        let left = number;
        held = () => {
          if (--left === 0) resolve();
        };
      });
    },
    open: () => open(),
  };
}

/** Waits until it has logged some more. */
async function logsOn(child: Child, more = 5): Promise<void> {
  const wanted = steps(child) + more;
  const ended = child.finished.then(({ stderr }) => assert.unreachable(stderr));
  while (steps(child) < wanted) await Promise.race([sleep(20), ended]);
}

/** Ends it, and looks that each step was logged. */
async function assertComplete(child: Child, experiment: string): Promise<void> {
  project.write("stop", "");
  const { code, stdout, stderr } = await child.finished;
  assert.is(code, 0, stderr);
  const last = Number(
    stdout
      .trim()
      .split("\n")
      .filter((line) => /^\d+$/.test(line))
      .at(-1),
  );
  const [run] = (await runsOf(stage.mlflow, experiment)) ?? [];
  assert.equal([run?.status, run?.metrics["step"]], ["FINISHED", last]);
}

/** One that is killed may be there for a moment. */
const newProxy = (...before: number[]) => until(() => proxiesOf(project).find((pid) => !before.includes(pid)));

test("a secret that is rotated is taken up, and no request is lost", async () => {
  const child = loop("rotated");
  await logsOn(child);
  const next = stage.watch.secret();
  await stage.vault.put("secret/mlflow/long", { token: next });
  await front.setAccepted([bearer(secret), bearer(next)]);
  await front.setAccepted([bearer(next)]);
  await logsOn(child);
  await assertComplete(child, "rotated");
  assert.ok(refusedAmong(await front.requests()).every(({ credential }) => credential));
});

test("when the proxy is killed in the middle of requests its successor goes on, again and again, with nothing lost and nothing bare", async () => {
  const holding = await openHoldingFront();
  project.write("mlflow-auth.yaml", configOf("mlflow/long", holding.uri));
  const child = loop("killed", holding.uri);
  const seen: number[] = [];
  for (let round = 0; round < 3; round++) {
    await logsOn(child);
    const pid = await newProxy(...seen);
    seen.push(pid);
    await holding.hold();
    process.kill(pid, "SIGKILL");
    holding.open();
  }
  await logsOn(child);
  await assertComplete(child, "killed");
  assert.equal(refusedAmong(await front.requests()), []);
});

test("when the proxy is killed between the head of an answer and its body, the request is sent again", async () => {
  const holding = await openHoldingFront("bodies");
  project.write("mlflow-auth.yaml", configOf("mlflow/long", holding.uri));
  const child = loop("killed within", holding.uri);
  await logsOn(child);
  const pid = await newProxy();
  await holding.hold();
  // Its head has come through by then.
  await sleep(300);
  process.kill(pid, "SIGKILL");
  holding.open();
  await logsOn(child);
  await assertComplete(child, "killed within");
  assert.equal(refusedAmong(await front.requests()), []);
});

test("when all is killed that held its port but the programs, one of them starts the next, with nothing lost and nothing bare", async () => {
  const holding = await openHoldingFront();
  project.write("mlflow-auth.yaml", configOf("mlflow/long", holding.uri));
  const [child, other] = [loop("all killed", holding.uri), loop("all killed, beside", holding.uri)];
  await Promise.all([logsOn(child), logsOn(other)]);
  const pid = await newProxy();
  await holding.hold(2);
  // In this order: the one that hands over would have become the next.
  for (const one of [...proxiesOf(project, "handover"), pid]) process.kill(one, "SIGKILL");
  holding.open();
  await Promise.all([logsOn(child), logsOn(other)]);
  assert.is(proxiesOf(project).length, 1);
  await assertComplete(child, "all killed");
  assert.is((await other.finished).code, 0);
  assert.equal(refusedAmong(await front.requests()), []);
});

test("a file that changes is taken up, and one that is broken is said once while the last good one serves", async () => {
  const child = loop("changed");
  await logsOn(child);
  const first = await newProxy();
  project.write("mlflow-auth.yaml", "version: 2\n");
  await until(() => /mlflow-auth: /.test(child.stderr()));
  await logsOn(child);
  assert.equal(proxiesOf(project), [first]);
  await stage.vault.put("secret/mlflow/moved", { token: secret });
  project.write("mlflow-auth.yaml", configOf("mlflow/moved"));
  await newProxy(first);
  await stage.vault.put("secret/mlflow/long", { token: stage.watch.secret() });
  await logsOn(child);
  await assertComplete(child, "changed");
  assert.is(child.stderr().match(/mlflow-auth: /g)?.length, 1, child.stderr());
  assert.equal(refusedAmong(await front.requests()), []);
});

test("twenty programs at once have one proxy", async () => {
  const program = "import mlflow; print(len(mlflow.search_experiments()) > 0)";
  const parent = `
import subprocess, sys
all = [subprocess.Popen([sys.executable, "-c", ${JSON.stringify(program)}], stdout=subprocess.PIPE) for _ in range(20)]
print({one.communicate()[0] for one in all})
`;
  const { stdout, stderr } = await project.run(["python", "-c", parent], { timeout: 200 });
  assert.is(stdout, "{b'True\\n'}\n", stderr);
  assert.is(proxiesOf(project).length, 1);
});

test.run();
