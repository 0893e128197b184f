/** A program that has no descriptor left: the system starts no command for it, and the program goes on. */
import { spawnSync } from "node:child_process";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

const test = suite("the command of a program without descriptors");

const PROGRAM = `
const { openSync } = await import("node:fs");
const { systemClock } = await import("@mlflow-auth/core/internal");
const { runProgram } = await import(${JSON.stringify(new URL("../src/run-program.ts", import.meta.url).href)});
const { signal } = new AbortController();
const options = { file: "/bin/echo", args: [], cwd: "/", env: {}, timeout: 60_000, clock: systemClock, signal };
try {
  for (;;) openSync("/dev/null");
} catch {}
const outcome = await runProgram(options).catch(({ code }) => code);
// What nobody listens to would come in the next turns.
for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
process._rawDebug("outcome " + outcome);
process.reallyExit(0);
`;

test("can't be started, and that is an error like any other, which nothing comes after", () => {
  const node = [process.execPath, "--import", new URL("../../../scripts/typescript.mjs", import.meta.url).href];
  const line = 'ulimit -n 100 && exec "$@"';
  const args = ["-c", line, "sh", ...node, "--input-type=module", "-e", PROGRAM];
  const { status, stderr } = spawnSync("/bin/sh", args, { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  assert.equal([status, stderr.trim()], [0, "outcome EMFILE"]);
});

test.run();
