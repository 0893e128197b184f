/** How the command that prints a token is ended, and what it may leave. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "@mlflow-auth/test/servers/process/is-alive";
import { suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { PATH, startProvider, testFolder } from "./start-provider.ts";

const test = suite("a command that prints a token, or goes on and on");
const folder = testFolder();
test.after(() => folder.remove());

const read = (name: string) => {
  try {
    return readFileSync(join(folder.path, name), "utf8");
  } catch {
    return undefined;
  }
};

/** The process ids that a script wrote, one a line. */
const pids = (name: string, count: number) =>
  until(() => {
    const lines = (read(name) ?? "").split("\n").slice(0, -1).map(Number);
    return lines.length === count ? lines : undefined;
  });

const cwd = folder.path;

test("that hangs is killed at its time limit, with all that it started", async () => {
  folder.script("hang", "echo $$ >> hanging\nsleep 1000 &\necho $! >> hanging\necho secret-so-far\nwait");
  const started = await startProvider({ command: ["./hang"], cwd, commandTimeout: 10_000 });
  const failing = started.fault();
  const all = await pids("hanging", 2);
  await started.context.clock.advance(9_999);
  assert.ok(all.every(isAlive));
  await started.context.clock.advance(1);
  const fault = await failing;
  assert.equal([fault.code, fault.transient], ["SECRET_UNREACHABLE", true]);
  assert.is(fault.message, "the command hang did not end within 10 s and was killed");
  assert.match(fault.remedy ?? "", /it has no terminal to ask on; or give it longer by commandTimeout$/);
  await until(() => !all.some(isAlive));
  assert.is(started.context.clock.pending, 0);
});

test("is killed where the plugin is closed", async () => {
  folder.script("hang", "echo $$ >> closing\nsleep 1000 &\necho $! >> closing\nwait");
  const started = await startProvider({ command: ["./hang"], cwd });
  const failing = started.fault();
  const all = await pids("closing", 2);
  await started.close();
  assert.match((await failing).message, /^the command hang was ended, for the plugin was closed$/);
  await until(() => !all.some(isAlive));
  await started.context.clock.advance(60_000);
  assert.match((await started.fault()).message, /the plugin was closed/);
  assert.is((await pids("closing", 2)).length, 2, "nothing is started any more");
});

test("is killed where the program ends without having closed anything", async () => {
  folder.script("hang", "echo $$ > leaving.new; sleep 1000 & echo $! >> leaving.new; mv leaving.new leaving; wait");
  const program = `
    import { existsSync } from "node:fs";
    import { testContext, testRequest } from "@mlflow-auth/core/testing";
    import { createRequestAuthProvider } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    const options = { command: ["./hang"], cwd: process.argv[1], commandTimeout: 3_600_000, ttl: 1_000 };
    const provider = await createRequestAuthProvider(options, testContext({ env: { PATH: process.argv[2] } }));
    provider.getAuth(testRequest());
    while (!existsSync(process.argv[1] + "/leaving")) await new Promise((resolve) => setTimeout(resolve, 5));
    process.exit(0);`;
  execFileSync(process.execPath, ["--input-type=module", "-e", program, cwd, PATH], { cwd: import.meta.dirname });
  const all = await pids("leaving", 2);
  await until(() => !all.some(isAlive));
});

test("of which many run at once make Node warn of nothing", async () => {
  const program = `
    import { testContext, testRequest } from "@mlflow-auth/core/testing";
    import { createRequestAuthProvider } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    const options = { command: ["sleep", "1000"], commandTimeout: 3_600_000, ttl: 1_000 };
    for (let one = 0; one < 20; one++) {
      (await createRequestAuthProvider(options, testContext({ env: { PATH: process.argv[1] } }))).getAuth(testRequest());
    }
    const started = () => process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;
    while (started() < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    process.exit(0);`;
  const args = ["--trace-warnings", "--input-type=module", "-e", program, PATH];
  const { stderr } = spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: "utf8" });
  assert.is(stderr, "");
});

test("that floods stdout is killed, and nothing of it is kept or shown", async () => {
  const started = await startProvider({ command: ["yes", "made-up-token"] });
  const fault = await started.fault();
  assert.equal(
    [fault.code, fault.message],
    ["SECRET_FORMAT", "the command yes printed more than 64 KiB and was killed"],
  );
  assert.not.match(fault.remedy ?? "", /made-up/);
});

test("that floods stderr is heard to its end", async () => {
  folder.script(
    "loud",
    "i=0; while [ $i -lt 3000 ]; do echo a line of an error that is long enough >&2; i=$((i+1)); done; echo token",
  );
  assert.is(await (await startProvider({ command: ["./loud"], cwd })).headers(), "Authorization: Bearer token");
});

test("may leave something in the background that holds its stdout: nobody waits for that", async () => {
  folder.script("daemon", "sleep 1000 &\necho $! >> left\nhead -c 60000 /dev/zero | tr '\\0' a >/dev/null\necho token");
  const started = await startProvider({ command: ["./daemon"], cwd });
  assert.is(await started.headers(), "Authorization: Bearer token");
  const [left = 0] = await pids("left", 1);
  assert.ok(isAlive(left), "it is none of ours");
  process.kill(left);
  assert.is(started.context.clock.pending, 0);
});

test.run();
