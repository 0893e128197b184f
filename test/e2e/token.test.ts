/** Trainings before a real MLflow that asks for a token: in a file that is exchanged in the middle, and of commands that misbehave. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { refusedBy } from "../servers/front.ts";
import { type RealMlflow, startMlflow } from "../servers/mlflow.ts";
import { startFront } from "../servers/node-front.ts";
import { isAlive } from "../servers/process/is-alive.ts";
import { missing } from "../servers/tools.ts";
import type { Child } from "./fixture/child.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, createProject, type Project } from "./fixture/project.ts";
import { createWatch, type Watch } from "./fixture/watch.ts";

const test = suite("a training before MLflow, with a token", { missing: await missing("mlflow"), timeout: 240 });

let mlflow: RealMlflow;
test.before(async () => {
  mlflow = await startMlflow();
});
test.after(() => mlflow.stop());

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token with an end, in an hour, and a signature that nobody may print. */
function jwt(watch: Watch): string {
  const claims = { iss: "https://issuer.example.com", aud: "mlflow", exp: Math.floor(Date.now() / 1000) + 3_600 };
  return `${encoded({ alg: "none" })}.${encoded(claims)}.${watch.secret().replaceAll(/[^\w-]/g, "-")}`;
}

/** A front that lets these tokens through, and knows which one came last. */
async function openFront(...tokens: string[]) {
  let last = "";
  const judge = async (value: string) => {
    last = value.replace(/^Bearer /, "");
    return tokens.includes(last);
  };
  const front = await startFront({ upstream: mlflow.uri, accepted: [], judge });
  closeAfterwards(() => front.stop());
  return { front, last: () => last, refuse: (token: string) => void tokens.splice(tokens.indexOf(token), 1) };
}

function openProject(uri: string, plugin: object, watch: Watch): Project {
  const config = JSON.stringify({ version: 1, trackingUri: uri, plugins: { token: plugin } });
  const project = createProject({ config, env: { MLFLOW_TRACKING_URI: uri }, python: mlflow.python, watch });
  closeAfterwards(() => project.remove());
  return project;
}

/** As the kubelet does it: another folder, and a symlink that leads to it from one moment to the next. */
function swap(volume: string, version: string, token: string): void {
  mkdirSync(join(volume, version), { recursive: true });
  writeFileSync(join(volume, version, "token"), token);
  symlinkSync(version, join(volume, "..data_tmp"));
  renameSync(join(volume, "..data_tmp"), join(volume, "..data"));
  if (!existsSync(join(volume, "token"))) symlinkSync("..data/token", join(volume, "token"));
}

async function until(child: Child, isThere: () => boolean): Promise<void> {
  let isOver = false;
  child.finished.finally(() => (isOver = true)).catch(() => undefined);
  while (!isThere()) {
    if (isOver) throw new Error(`it ended before that:\n${child.stdout()}\n${child.stderr()}`);
    await sleep(10);
  }
}

test("goes on where Kubernetes exchanges the token in its file, and no request is refused", async () => {
  const watch = createWatch();
  const [first, second] = [jwt(watch), jwt(watch)];
  const { front, last, refuse } = await openFront(first, second);
  const project = openProject(front.uri, { token: { file: "volume/token" } }, watch);
  const volume = join(project.folder, "volume");
  swap(volume, "..1", first);
  addProgram(project, "loop.py");
  const loop = project.start(["mlflow-auth", "exec", "--", "python", "loop.py", "exchanged"], { timeout: 200 });
  const steps = () => loop.stdout().split("\n").length - 1;
  await until(loop, () => steps() >= 3);
  swap(volume, "..2", second);
  rmSync(join(volume, "..1"), { recursive: true });
  await until(loop, () => last() === second);
  refuse(first);
  const seen = steps();
  await until(loop, () => steps() >= seen + 3);
  project.write("stop", "");
  const { code, stderr } = await loop.finished;
  assert.is(code, 0, stderr);
  const [run] = (await runsOf(mlflow, "exchanged")) ?? [];
  assert.is(run?.status, "FINISHED");
  assert.equal(await refusedBy(front), []);
});

test("gets the token of a command, which is run once for the whole of it", async () => {
  const watch = createWatch();
  const token = jwt(watch);
  const { front } = await openFront(token);
  const project = openProject(front.uri, { command: ["./get-token"] }, watch);
  const body = `#!/bin/sh\necho run >> runs\necho "warning: ${token}" >&2\necho '{"access_token":"${token}","expires_in":3600}'\n`;
  writeFileSync(join(project.folder, "get-token"), body, { mode: 0o755 });
  addProgram(project, "train.py");
  const { code, stderr } = await project.run(["mlflow-auth", "exec", "--", "python", "train.py", "commanded"], {
    timeout: 200,
  });
  assert.is(code, 0, stderr);
  assert.is(readFileSync(join(project.folder, "runs"), "utf8"), "run\n");
  assert.equal(await refusedBy(front), []);
});

test("is told why there is no token, without it, and sends nothing", async () => {
  const watch = createWatch();
  const token = jwt(watch);
  const { front } = await openFront(token);
  const project = openProject(front.uri, { command: ["./get-token"] }, watch);
  writeFileSync(
    join(project.folder, "get-token"),
    `#!/bin/sh\necho ${token}\necho "no login: ${token}" >&2\nexit 1\n`,
    {
      mode: 0o755,
    },
  );
  const { code, stderr } = await project.run(["mlflow-auth", "headers", front.uri]);
  assert.is(code, 4);
  assert.match(stderr, "SECRET_UNREACHABLE: the command get-token failed (exit code 1)");
  assert.match(stderr, "it said “no login: [secret]”");
  assert.equal(await front.requests(), []);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`that ends by ${signal} leaves no command behind`, async () => {
    const watch = createWatch();
    const { front } = await openFront(jwt(watch));
    const project = openProject(front.uri, { command: ["./hang"], commandTimeout: "1h", timeout: "1h" }, watch);
    writeFileSync(
      join(project.folder, "hang"),
      "#!/bin/sh\necho $$ > hanging.new\nmv hanging.new hanging\nsleep 1000\n",
      {
        mode: 0o755,
      },
    );
    const ask =
      "await fetch(`${process.env.MLFLOW_TRACKING_URI}/api/2.0/mlflow/experiments/search`, { method: 'POST' })";
    const child = project.start(["mlflow-auth", "exec", "--", "node", "--input-type=module", "-e", ask], {
      timeout: 200,
    });
    const file = join(project.folder, "hanging");
    await until(child, () => existsSync(file));
    const pid = Number(readFileSync(file, "utf8"));
    process.kill(-pid, 0);
    child.kill(signal);
    await child.finished;
    while (isAlive(pid)) await sleep(10);
    assert.equal(await front.requests(), []);
  });
}

test.run();
