/** Whatever goes wrong in a test file, its process ends in seconds and says what it was. */
import { chownSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { runFile } from "../../scripts/test/run-file.ts";
import { temporaryFolder } from "../servers/process/temporary-folder.ts";

const test = suite("a test file that goes wrong");
const root = fileURLToPath(new URL("../..", import.meta.url));
/** Seconds; a hang would last for minutes. */
const SECONDS = 20;

async function outcome(name: string, env: NodeJS.ProcessEnv = {}, owner?: number) {
  const folder = temporaryFolder("runner");
  if (owner !== undefined) chownSync(folder.path, owner, owner);
  try {
    // The long form has longer limits, and what goes wrong here must not be told of otherwise in it.
    const short = { MLFLOW_AUTH_TEST_LONG: "0", ...env };
    return await runFile({ root, file: `test/runner/files/${name}.ts`, folder: folder.path, env: short });
  } finally {
    rmSync(folder.path, { recursive: true, force: true });
  }
}

test("a failed test that leaves a server open ends the process, says why it failed, and what is open since when", async () => {
  const { report, output, seconds } = await outcome("leaves-open");
  assert.equal([report.passed, report.failed], [1, 1]);
  assert.match(output, 'failed: "opens much": Expected values to be strictly equal');
  assert.match(output, "the hook after it ran");
  assert.match(output, /this keeps the process alive: .*TCPServerWrap \(since "opens much"\)/);
  assert.ok(seconds < SECONDS, `${seconds} s`);
});

test("tests that hang are named with what is open, hooks run, and after three of them the rest is not waited for", async () => {
  const { report, output, seconds } = await outcome("hangs");
  assert.equal([report.registered, report.passed, report.failed], [5, 0, 5]);
  assert.match(output, 'failed: "hang 1": no end after 0.2 s; open: 1 Timeout');
  assert.match(output, 'failed: "hang 4": not run, for 3 tests before it hung');
  assert.is(output.split("put away").length - 1, 4);
  assert.ok(seconds < SECONDS, `${seconds} s`);
});

test("a suite whose hook before it throws fails, and its tests are not run", async () => {
  const { output } = await outcome("hangs");
  assert.match(output, `before "can't begin": Error: no server`);
  assert.not.match(output, "ran all the same");
});

test("a process that ends in the middle of a test says in which", async () => {
  const { report, output } = await outcome("ends-early");
  assert.is(report.failed, 1);
  assert.match(output, 'the process ended in the test "waits for nothing"');
});

test("tests for another user than the one who runs them count as skipped, and as whose they are", async () => {
  const { report } = await outcome("users");
  const mine = process.getuid?.() === 0 ? [1, 0] : [0, 1];
  assert.equal([report.passed, report.failed, report.forOther, report.forRoot], [2, 0, ...mine]);
});

const asRoot = suite("a second run as another user", { user: "root" });

asRoot("runs the tests for that user alone, without root's rights", async () => {
  const { report, output } = await outcome("users", { MLFLOW_AUTH_TEST_UID: "65534" }, 65_534);
  assert.equal([report.registered, report.passed, report.failed], [1, 1, 0], output);
});

test.run();
asRoot.run();
