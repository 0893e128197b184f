/** The demo on the small servers. */
import { existsSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { providers } from "../../demo/providers.ts";
import { missing } from "../servers/tools.ts";
import { projectFolder, runDemo, startDemo } from "./run-demo.ts";

// The first of them makes the wheels.
const test = suite("the demo", { timeout: 120 });
const HAS_PYTHON = (await missing("python")) === undefined;
/** One more where Python has MLflow. */
const RUNS = (await missing("mlflow")) === undefined ? 5 : 4;

for (const mode of ["bearer", "basic"] as const) {
  test(`shows the main job in ${mode} mode and a table of its runs`, async () => {
    const { code, stdout, stderr } = await runDemo(mode === "bearer" ? [] : ["--mode", "basic"]);
    assert.is(code, 0, stderr);
    assert.is(stderr, "");
    assert.match(stdout, mode === "bearer" ? 'WWW-Authenticate: Bearer realm="mlflow"' : "WWW-Authenticate: Basic");
    assert.match(stdout, `credential: { mode: ${mode} }`);
    assert.match(stdout, "$ mlflow-auth exec -- node train.mjs");
    assert.match(stdout, "$ node --import @mlflow-auth/core/register track.mjs");
    for (const run of ["rate-0.1", "rate-0.5", "batch-16", "batch-64"]) assert.match(stdout, `   │ ${run} │`);
    assert.match(stdout, `✓ ${RUNS} runs are as they were logged`);
    assert.match(stdout, /✓ \d+ requests reached the proxy in front of MLflow: the first without a credential/);
    assert.not.match(stdout, "\x1b");
    assert.not(existsSync(projectFolder(stdout)), "the project is removed");
  });
}

for (const [provider, { modes }] of Object.entries(providers)) {
  if (provider === "vault") continue;
  test(`tells the same story with ${provider}`, async () => {
    const { code, stdout, stderr } = await runDemo(["--provider", provider]);
    assert.is(code, 0, stdout + stderr);
    assert.is(stderr, "");
    assert.match(stdout, new RegExp(`^mlflow-auth demo: ${provider}.*small servers\n`));
    assert.match(stdout, `   │   ${provider}:\n`);
    assert.match(stdout, `✓ ${RUNS} runs are as they were logged`);
    assert.match(stdout, /✓ \d+ requests reached the proxy in front of MLflow: the first without a credential/);
    assert.not(existsSync(projectFolder(stdout)), "the project is removed");
  });

  if ((modes as readonly string[]).includes("basic")) continue;
  test(`says that ${provider} has no user and password`, async () => {
    const { code, stderr } = await runDemo(["--provider", provider, "--mode", "basic"]);
    assert.is(code, 2);
    assert.match(stderr, `--provider ${provider} takes --mode bearer\n`);
  });
}

test("says how it is used", async () => {
  const { code, stdout } = await runDemo(["--help"]);
  assert.is(code, 0);
  for (const option of ["--real", "--mode basic", "--provider", "--keep", ...Object.keys(providers)])
    assert.match(stdout, option);
});

for (const [args, message] of [
  [["--fast"], "Unknown option '--fast'"],
  [["real"], "Unexpected argument 'real'"],
  [["--mode", "digest"], "--mode takes bearer or basic"],
  [["--provider", "toString"], `--provider takes ${Object.keys(providers).join(", ")}`],
] as const) {
  test(`refuses ${args.join(" ")} before anything is started`, async () => {
    const { code, stdout, stderr } = await runDemo(args);
    assert.is(code, 2);
    assert.is(stdout, "");
    assert.is(stderr, `${message}\n  Try this: npm run demo -- --help\n`);
  });
}

test("says that it leaves Python's client out, and what would bring it", async () => {
  const { code, stdout, stderr } = await runDemo([], {
    MLFLOW_AUTH_CACHE: "/dev/null",
    CI: "",
    MLFLOW_AUTH_INSTALL: "",
  });
  assert.is(code, 0, stderr);
  const said =
    /^ {3}Left out: Python's MLflow with nothing in front of it\. MLflow is not installed: .*MLFLOW_AUTH_INSTALL=1/m;
  assert.is(said.test(stdout), HAS_PYTHON, stdout);
  assert.match(stdout, "✓ 4 runs are as they were logged");
});

test("says what the real servers need where it is missing", async () => {
  const env = { MLFLOW_AUTH_CACHE: "/dev/null", CI: "", MLFLOW_AUTH_INSTALL: "" };
  const { code, stderr } = await runDemo(["--real"], env);
  assert.is(code, 1);
  assert.match(stderr, "--real needs what is missing here:\n  Vault is not built: run it again with");
});

test("fails where a program fails", async () => {
  const { code, stderr } = await runDemo([], leaving("train.mjs", 7));
  assert.is(code, 1);
  assert.match(stderr, "The demo failed. `mlflow-auth exec -- node train.mjs` ended with exit code 7.");
});

test("fails where a run is not what was to be logged, and shows the difference", async () => {
  const { code, stdout, stderr } = await runDemo([], leaving("track.mjs", 0));
  assert.is(code, 1);
  assert.match(stderr, "The demo failed.");
  assert.match(stderr, "-     name: 'batch-16'");
  assert.not(existsSync(projectFolder(stdout)));
});

test("cleans up when it is interrupted", async () => {
  const demo = startDemo([]);
  const folder = projectFolder(await demo.printed("$ mlflow-auth validate"));
  assert.ok(existsSync(folder));
  demo.child.kill("SIGTERM");
  assert.is((await demo.ended).code, 143);
  assert.not(existsSync(folder));
});

/** An environment in which that program of the demo ends as it starts. */
function leaving(program: string, code: number): NodeJS.ProcessEnv {
  const preload = `if(process.argv[1]?.endsWith("${program}"))process.exit(${code})`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` };
}

test.run();
