import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { createSite, type Site } from "../../cli/test/project.ts";
import { isAlive } from "../servers/process/is-alive.ts";
import { killAtEnd } from "../servers/process/lifeline.ts";
import { command, type Running, startProgram } from "./ways.ts";

const test = suite("exec and proxy as the first process of a container, and behind npx", { timeout: 60 });

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

/** A PID namespace of its own is what makes a first process; only root may have one everywhere. */
const hasNamespaces = process.platform === "linux" && spawnSync("unshare", ["--pid", "--fork", "true"]).status === 0;

const inNamespace = (...args: string[]): Running =>
  startProgram("unshare", {
    cwd: site.project.folder,
    args: ["--pid", "--fork", "--mount-proc", process.execPath, command, ...args],
  });

/** The first child of a process, as this namespace numbers it. */
function childOf(pid: number): number | undefined {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return first ? Number(first) : undefined;
}

async function signalFirst({ child }: Running, signal: NodeJS.Signals): Promise<void> {
  process.kill(await until(() => childOf(child.pid as number)), signal);
}

const mark = '(await import("node:fs")).writeFileSync("started", "");';

if (hasNamespaces) {
  for (const words of [
    ["exec", "--", "true"],
    ["proxy", "--port", "0"],
  ]) {
    test(`the first process, ${words[0]}: SIGTERM ends it while it starts, though the system would drop it there`, async () => {
      const module = `${mark} await new Promise(() => setInterval(() => {}, 1_000));\nexport const createRequestAuthProvider = 1;`;
      site.project.write("node_modules/mlflow-auth-plugin-test/index.js", module);
      const running = inNamespace(...words);
      await until(() => existsSync(`${site.project.folder}/started`));
      await signalFirst(running, "SIGTERM");
      assert.is((await running.end).code, 143);
    });
  }

  test("the first process, proxy: SIGTERM ends it well", async () => {
    const running = inNamespace("proxy", "--port", "0");
    await running.says("\n");
    await signalFirst(running, "SIGTERM");
    assert.is((await running.end).code, 0);
  });

  test("the first process, exec: SIGTERM reaches the program, whose end counts", async () => {
    const running = inNamespace(
      "exec",
      "--",
      "bash",
      "-c",
      "trap 'exit 6' TERM; echo ready; while :; do sleep 0.05; done",
    );
    await running.says("ready");
    await signalFirst(running, "SIGTERM");
    assert.is((await running.end).code, 6);
  });
}

/** npm looks for the program in the project, and finds this checkout's. */
function npx(...args: string[]): Running {
  const { folder } = site.project;
  mkdirSync(`${folder}/node_modules/.bin`, { recursive: true });
  symlinkSync(command, `${folder}/node_modules/.bin/mlflow-auth`);
  const PATH = `${dirname(process.execPath)}:${process.env["PATH"]}`;
  const env = { PATH, npm_config_cache: `${folder}/npm`, npm_config_update_notifier: "false" };
  const running = startProgram("npx", { cwd: folder, env, args: ["--no", "mlflow-auth", ...args] });
  closeAfterwards(() => running.end);
  return running;
}

test("behind npx, proxy: who stops npx stops it, though npm's shell tells it nothing", async () => {
  const running = npx("proxy", "--port", "0");
  await running.says("\n");
  running.child.kill("SIGTERM");
  const { leftBehind } = await running.end;
  assert.is(leftBehind, false);
});

test("behind npx, exec: the program is told to stop, and ends as it likes", async () => {
  const script = `trap 'sleep 0.2; echo cleaned up > "$PWD/clean"; exit 0' TERM; echo ready; while :; do sleep 0.05; done`;
  const running = npx("exec", "--", "bash", "-c", script);
  await running.says("ready");
  running.child.kill("SIGTERM");
  const { leftBehind } = await running.end;
  assert.equal([leftBehind, existsSync(`${site.project.folder}/clean`)], [false, true]);
});

test("elsewhere neither ends with what started it", async () => {
  const line =
    'setsid "$0" "$1" proxy --port 0 --token-file token >address 2>/dev/null & echo $!; until [ -s address ]; do sleep 0.05; done; sleep 0.1';
  const starter = startProgram("bash", { cwd: site.project.folder, args: ["-c", line, process.execPath, command] });
  await starter.says("\n");
  const pid = Number(starter.stdout());
  closeAfterwards(killAtEnd(pid));
  await starter.end;
  const address = `${site.project.folder}/address`;
  const written = () => (existsSync(address) ? readFileSync(address, "utf8").trim() || undefined : undefined);
  const url = await until(written);
  await sleep(1_200);
  assert.is((await fetch(`${url}/api`)).status, 200);
  process.kill(pid, "SIGTERM");
  await until(() => !isAlive(pid));
});

test.run();
