import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { everyOption, optionsOf } from "./options.ts";
import { openStage, PLUGINS, type Stage } from "./stage.ts";
import { type Trial, trialsOn } from "./trials.ts";
import { command, type End, library, registerModule, start } from "./ways.ts";

const test = suite("the end of a process, with every option that the file can have", { timeout: 120 });

let stage: Stage;
let trials: Trial[];
test.before(async () => {
  stage = await openStage();
  trials = trialsOn(stage);
});

/** Options that say nothing about a process: what stands in another place as well, and is tried there. */
const elsewhere = new Set(["file.version", "file.servers", "file.plugins"]);

test("there is a trial for every option of the schemas, and for every variable that stands in for one", () => {
  const tried = new Set([...elsewhere, ...trials.flatMap((trial) => [...optionsOf(trial, PLUGINS)])]);
  const forgotten = [...everyOption(PLUGINS)].filter((name) => !tried.has(name));
  assert.equal(forgotten, [], "add them to a trial of test/ends/trials.ts");
});

/** Asks once, at the address that it is given, and says what came. */
const ask = 'const answer = await fetch(address + "/api"); console.log(answer.status, await answer.text());';
const program = (end: string, address: string) => `const address = ${address}; ${ask} ${end}`;
const TRACKING_URI = "process.env.MLFLOW_TRACKING_URI";

/** Each gives what the program said, and how it ended. */
const ways: Readonly<Record<string, (trial: Trial) => Promise<[expected: number, end: End]>>> = {
  async "exec, behind a program that fails"(trial) {
    const inner = program("process.exitCode = 7;", TRACKING_URI);
    const args = [command, "exec", "--server", trial.uri, "--", process.execPath, "--input-type=module", "-e", inner];
    return [7, await start({ ...place(trial), args }).end];
  },
  async "exec, told to stop"(trial) {
    const inner = program('console.log("waits"); setInterval(() => {}, 1_000);', TRACKING_URI);
    const args = [command, "exec", "--server", trial.uri, "--", process.execPath, "--input-type=module", "-e", inner];
    const running = start({ ...place(trial), args });
    await running.says("waits");
    running.child.kill("SIGTERM");
    return [143, await running.end];
  },
  async "proxy, told to stop"(trial) {
    const running = start({ ...place(trial), args: [command, "proxy", "--port", "0", "--server", trial.uri] });
    await running.says("\n");
    const answer = await fetch(`${running.stdout().trim()}/api`);
    const said = `${answer.status} ${await answer.text()}\n`;
    running.child.kill("SIGTERM");
    const end = await running.end;
    return [0, { ...end, stdout: said }];
  },
  async register(trial) {
    const inner = program("", JSON.stringify(trial.uri));
    const args = ["--import", registerModule, "--input-type=module", "-e", inner];
    return [0, await start({ ...place(trial), args }).end];
  },
  async "the library, closed and not closed"(trial) {
    const inner = `
      const { loadMlflowAuth } = await import(${JSON.stringify(library)});
      const closed = await loadMlflowAuth();
      await (await closed.fetch(${JSON.stringify(`${trial.uri}/api`)})).text();
      await closed.close();
      await closed.close();
      // A turn for what is just ending.
      await new Promise(setImmediate);
      const open = process.getActiveResourcesInfo().filter((kind) => !/^(PipeWrap|TTYWrap|FSReq\\w+)$/.test(kind));
      if (open.length > 0) console.log("left open:", ...open);
      const { fetch } = await loadMlflowAuth();
      ${program("", JSON.stringify(trial.uri))}`;
    return [0, await start({ ...place(trial), args: ["--input-type=module", "-e", inner] }).end];
  },
};

function place({ name, file, env }: Trial) {
  const path = stage.project.write(`${name.replaceAll(/\W+/g, "-")}.json`, JSON.stringify(file));
  return { cwd: stage.project.folder, env: { ...env, MLFLOW_AUTH_CONFIG: path } };
}

/** Most of a trial is waiting. */
const AT_ONCE = 3;

async function each(use: (trial: Trial) => Promise<void>): Promise<void> {
  const waiting = [...trials];
  const lane = async () => {
    for (let trial = waiting.shift(); trial !== undefined; trial = waiting.shift()) await use(trial);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

for (const [way, run] of Object.entries(ways)) {
  test(`${way}: with its own exit code, by itself or as told, with nothing left open and nothing left behind`, async () => {
    await each(async (trial) => {
      const [expected, end] = await run(trial);
      const { code, signal, stdout, stderr, leftBehind } = end;
      const seen = `${trial.name}: ${stdout}${stderr}`;
      assert.equal([code, signal], [expected, null], seen);
      assert.is(stdout.replace("waits\n", ""), "200 fine\n", seen);
      assert.not.match(stderr, /^\s+at |could not be closed|as it was closed/m, seen);
      assert.is(leftBehind, false, seen);
    });
  });
}

test.run();
