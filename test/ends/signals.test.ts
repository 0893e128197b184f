import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { createSite, type Site } from "../../cli/test/project.ts";
import { command, type End, type Running, start } from "./ways.ts";

const test = suite("what a signal makes of exec and proxy", { timeout: 60 });

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const run = (...args: string[]): Running => start({ cwd: site.project.folder, args: [command, ...args] });
const shell = (script: string) => run("exec", "--", "bash", "-c", script);
const proxy = () => run("proxy", "--port", "0");

/** The plugin of the project becomes another: `factory` is the body of its one function, `top` stands above it. */
function plugin(factory: string, top = ""): void {
  const module = `${top}\nexport function createRequestAuthProvider(options, context) {\n${factory}\n}\n`;
  site.project.write("node_modules/mlflow-auth-plugin-test/index.js", module);
}

const GIVES = 'getAuth: () => ({ headers: { Authorization: "Bearer sesame" } }), invalidate() {}';
const started = '(await import("node:fs")).writeFileSync("started", "");';

function ended({ code, signal, leftBehind, stderr }: End, expected: number | NodeJS.Signals): void {
  assert.equal([code ?? signal, leftBehind], [expected, false], stderr);
  assert.not.match(stderr, /^\s+at /m);
}

/** A client that sends a request, or a part of one, and keeps its connection. */
async function client(address: string, bytes: (path: string) => string): Promise<Socket> {
  const { port, pathname, host } = new URL(address);
  const socket = connect(Number(port), "127.0.0.1");
  closeAfterwards(() => socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(bytes(pathname).replace("HOST", host));
  return socket;
}

const wholeRequest = (path: string) => `GET ${path}/api HTTP/1.1\r\nHost: HOST\r\n\r\n`;
const address = async (running: Running) => {
  await running.says("\n");
  return running.stdout().trim();
};

/** It never answers. @returns a promise for the first request */
function hangingServer(): Promise<void> {
  return new Promise((resolve) => {
    site.upstream.answer = () => resolve();
  });
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  for (const [way, words] of Object.entries({ exec: ["exec", "--", "true"], proxy: ["proxy", "--port", "0"] })) {
    test(`${way}, ${signal} while a plugin is loaded that never comes: the signal ends it`, async () => {
      plugin("", `${started} await new Promise(() => setInterval(() => {}, 1_000));`);
      const running = run(...words);
      await until(() => existsSync(`${site.project.folder}/started`));
      running.child.kill(signal);
      ended(await running.end, signal);
    });
  }

  test(`proxy, ${signal}: it ends well, whatever clients keep open`, async () => {
    const running = proxy();
    const socket = await client(await address(running), wholeRequest);
    await once(socket, "data");
    running.child.kill(signal);
    ended(await running.end, 0);
  });

  test(`proxy, ${signal} twice: a request under way is waited for no longer`, async () => {
    const asked = hangingServer();
    const running = proxy();
    await client(await address(running), wholeRequest);
    await asked;
    running.child.kill(signal);
    // Node makes one of two that come at once.
    await sleep(100);
    const since = performance.now();
    running.child.kill(signal);
    ended(await running.end, 0);
    assert.ok(performance.now() - since < 5_000);
  });

  test(`exec, ${signal} to the whole group: the program ends once, and so does exec`, async () => {
    const running = shell("echo ready; while :; do sleep 0.05; done");
    await running.says("ready");
    process.kill(-(running.child.pid as number), signal);
    const { SIGTERM, SIGINT, SIGHUP } = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 };
    ended(await running.end, { SIGTERM, SIGINT, SIGHUP }[signal]);
  });
}

test("exec, SIGTERM twice: a program that asks to be told twice is", async () => {
  const running = shell(
    "n=0; trap 'n=$((n+1)); echo $n.; [ $n = 2 ] && exit 9' TERM; echo ready; while :; do sleep 0.05; done",
  );
  await running.says("ready");
  running.child.kill("SIGTERM");
  await running.says("1.");
  running.child.kill("SIGTERM");
  ended(await running.end, 9);
});

test("exec and proxy, SIGTERM while a plugin's fetch hangs: neither waits for it", async () => {
  plugin(`return { getAuth: () => new Promise(() => setInterval(() => {}, 1_000)), invalidate() {} };`);
  const script = `console.log("asks"); await fetch(process.env.MLFLOW_TRACKING_URI + "/api")`;
  const running = run("exec", "--", process.execPath, "--input-type=module", "-e", script);
  await running.says("asks");
  await sleep(200);
  running.child.kill("SIGTERM");
  ended(await running.end, 143);

  const serving = proxy();
  await client(await address(serving), wholeRequest);
  await sleep(200);
  serving.child.kill("SIGTERM");
  await sleep(100);
  serving.child.kill("SIGTERM");
  ended(await serving.end, 0);
});

test("exec, SIGTERM while a request is under way: it ends with the program", async () => {
  const asked = hangingServer();
  const script = `await fetch(process.env.MLFLOW_TRACKING_URI + "/api")`;
  const running = run("exec", "--", process.execPath, "--input-type=module", "-e", script);
  await asked;
  running.child.kill("SIGTERM");
  ended(await running.end, 143);
});

test("exec ends with its program, whoever else keeps a connection to its proxy", async () => {
  const running = shell('echo "$MLFLOW_TRACKING_URI"; sleep 0.5; exit 3');
  const half = (path: string) => `GET ${path}/api HTTP/1.1\r\nHost: HOST\r\n`;
  const url = await address(running);
  await client(url, wholeRequest);
  await client(url, half);
  await client(url, () => "");
  ended(await running.end, 3);
});

const closings: Readonly<Record<string, string>> = {
  "never ends": "close: () => new Promise(() => setInterval(() => {}, 1_000))",
  throws: 'close() { throw new Error("no") }',
  rejects: 'close: () => Promise.reject(new Error("no"))',
  "throws in a timer": 'close() { setTimeout(() => { throw new Error("no") }) }',
};

for (const [how, close] of Object.entries(closings)) {
  test(`a plugin whose close() ${how} neither changes the end of exec and proxy, nor keeps it off for long`, async () => {
    plugin(`return { ${GIVES}, ${close} };`);
    const running = shell('echo "$MLFLOW_TRACKING_URI"; exit 5');
    ended(await running.end, 5);
    const serving = proxy();
    await address(serving);
    serving.child.kill("SIGTERM");
    const since = performance.now();
    ended(await serving.end, 0);
    assert.ok(performance.now() - since < 10_000);
  });
}

test("exec outlives the shell that started it, and its program has its proxy to the end", async () => {
  const script = `sleep 0.5; curl -s -o "${site.project.folder}/got" "$MLFLOW_TRACKING_URI/api"`;
  const line = `"${process.execPath}" "${command}" exec -- bash -c '${script}' & echo $!; wait`;
  const running = start({ cwd: site.project.folder, args: ["-e", SHELL, line] });
  const pid = Number(await address(running));
  await until(() => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8") !== "");
  running.child.kill("SIGKILL");
  await until(
    () => existsSync(`${site.project.folder}/got`) && readFileSync(`${site.project.folder}/got`, "utf8") === "fine",
  );
  await until(() => !existsSync(`/proc/${pid}`));
});

/** Runs a line of a shell in this process's place, as far as Node can: what ends it ends the shell. */
const SHELL = `
  const { spawn } = require("node:child_process");
  spawn("bash", ["-c", process.argv[1]], { stdio: "inherit", detached: true });
`;

test.run();
