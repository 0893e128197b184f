import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";
import { createSetup } from "./setup.js";

const test = suite("commands that miss what the exec around them took out");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
  site.configure('version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, token: "${TEST_KEY}" }\n');
});
test.afterEach(() => site.stop());

/** Runs a shell script within an exec, in which `$MA` is the command. */
async function inExec(script: string, options: readonly string[] = []) {
  const env = { NODE: process.execPath, BUILT: builtCommand, TEST_KEY: "k" };
  const shell = `MA() { "$NODE" "$BUILT" "$@"; }\n${script}`;
  return await run(["exec", ...options, "--", "sh", "-c", shell], { cwd: site.project.folder, env });
}

const gone = "the variable TEST_KEY was taken out of the environment by the `mlflow-auth exec` around this program";
const either = "run this outside of that one, or give that one --keep-env=TEST_KEY";
const works =
  "mlflow-auth: the exec around this command took TEST_KEY out, and has the same file and server: programs here get the credential by its proxy, which `mlflow-auth doctor` tries\n";

for (const [name, args] of [
  ["validate", ""],
  ["headers", '"$URI/x"'],
  ["tags", ""],
  ["proxy", "--port 0"],
] as const) {
  test(`${name} says who took it out, what to do, and that nothing is wrong for programs there`, async () => {
    const { code, stderr } = await inExec(`URI=${site.upstream.uri}; MA ${name} ${args}`);
    assert.is(code, 3, stderr);
    assert.match(stderr, `VARIABLE_MISSING  ${gone}: ${either}\n${works}`);
  });

  test(`${name} with a file of its own says who took it out and what to do, and no more`, async () => {
    const own = `cp mlflow-auth.yaml own.yaml; URI=${site.upstream.uri}; MA ${name} --config own.yaml ${args}`;
    const { code, stderr } = await inExec(own);
    assert.is(code, 3, stderr);
    assert.match(stderr, `VARIABLE_MISSING  ${gone}: ${either}\n`);
    assert.not.match(stderr, "the exec around this command");
  });
}

test("with --json the failure is data alone", async () => {
  const { stdout, stderr } = await inExec("MA tags --json");
  assert.match(JSON.parse(stdout).error.problems[0].message, `${gone}: ${either}`);
  assert.not.match(stderr, "the exec around this command");
});

test("init asks nobody to set it before the file is used", async () => {
  const init = "MA init --config new.yaml --tracking-uri https://mlflow.example.com --plugin test --set";
  const { code, stderr } = await inExec(`${init} test.token.env=TEST_KEY --set 'test.file=\${TEST_FILE}'`);
  assert.is(code, 0, stderr);
  assert.match(stderr, "mlflow-auth: set TEST_FILE before you use it\n");
  assert.match(stderr, "use it outside of the exec around this command, which took TEST_KEY out\n");
});

test("a slip that names it is no want of it", async () => {
  const { code, stderr } = await inExec("MA init --config new.yaml --plugin test --set 'test.token=${TEST_KEY}'");
  assert.is(code, 2, stderr);
  assert.match(stderr, "the variable TEST_KEY is named like a credential");
  assert.not.match(stderr, "the exec around this command");
});

test("init --from-env says what it could not take over", async () => {
  const { code, stderr } = await inExec(
    "MA init --config new.yaml --tracking-uri https://mlflow.example.com --from-env --yes",
  );
  assert.is(code, 0, stderr);
  assert.match(stderr, "not taken over, for the exec around this command took it out: TEST_KEY; run init outside");
});

test("without a file, where the switch is what exec put its own in the place of, it says that programs there are served", async () => {
  const setup = createSetup("descope");
  const env = {
    NODE: process.execPath,
    BUILT: builtCommand,
    MLFLOW_TRACKING_URI: site.upstream.uri,
    MLFLOW_TRACKING_AUTH: "descope",
    DESCOPE_PROJECT_ID: "P2abcdefghijklmnopqrstuvwxyz1",
    DESCOPE_ACCESS_KEY: `key-${process.pid}`,
  };
  const { code, stderr } = await run(["exec", "--", "sh", "-c", '"$NODE" "$BUILT" validate'], {
    cwd: setup.folder,
    env,
  });
  assert.is(code, 3, stderr);
  assert.match(stderr, "CONFIG_NOT_FOUND");
  assert.match(
    stderr,
    "the exec around this command took what stands for a file out, and has the same file and server",
  );
  setup.remove();
});

test.run();
