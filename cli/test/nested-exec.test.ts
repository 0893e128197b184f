import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("exec within exec");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
  site.upstream.answer = (_req, res) =>
    void res.setHeader("content-type", "application/json").end('{"run":{"info":{"run_id":"r","experiment_id":"1"}}}');
  // The outer exec takes TEST_KEY out, so no other one can read this file.
  site.configure('version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, token: "${TEST_KEY}" }\n');
});
test.afterEach(() => site.stop());

const ask =
  "fetch(process.env.MLFLOW_TRACKING_URI + '/api/2.0/mlflow/runs/create', { method: 'POST', body: '{}' }).then(async (a) => console.log(a.status))";
const program = `"$NODE" -e "${ask}"`;
const inner = (options = "", what = program) => `"$NODE" "$BUILT" exec ${options} -- ${what}`;

/** Runs a shell script within an exec. */
function execShell(script: string, options: readonly string[] = [], env: Record<string, string> = {}) {
  const all = { NODE: process.execPath, BUILT: builtCommand, TEST_KEY: "k", ...env };
  return run(["exec", ...options, "--", "sh", "-c", script], { cwd: site.project.folder, env: all });
}

const joined = /by the proxy of the exec around this one/;

test("one proxy does for both, which counts the runs, and no token is printed", async () => {
  const { code, stdout, stderr } = await execShell(`echo "$MLFLOW_TRACKING_URI"; ${inner()}`);
  const [address = "", status] = stdout.trim().split("\n");
  assert.is(code, 0, stderr);
  assert.is(status, "200");
  assert.equal(stderr.split("\n"), [
    `mlflow-auth: using mlflow-auth.yaml for ${site.upstream.uri}`,
    `mlflow-auth: for ${site.upstream.uri}, by the proxy of the exec around this one, which has the same file and server`,
    "mlflow-auth: 1 run was created:",
    `  ${site.upstream.uri}/#/experiments/1/runs/r`,
    "",
  ]);
  assert.not(stderr.includes(new URL(address).pathname.slice(1)));
  assert.is(site.upstream.seen.at(-1)?.headers.authorization, "Bearer sesame");
});

for (const [what, script, environment] of [
  ["names its server", () => inner(`--server ${site.upstream.uri}/`)],
  ["names the file", () => inner(`--config "$PWD/mlflow-auth.yaml"`)],
  ["is in a folder below", () => `mkdir -p below && cd below && ${inner()}`],
  ["logs at another level", () => inner("--log-level debug")],
  ["is told the server's own address, as by `mlflow run`", () => `MLFLOW_TRACKING_URI=${site.upstream.uri} ${inner()}`],
  ["is within a third", () => inner("", `sh -c '${inner("", 'sh -c "exit 0"')}' && ${program}`)],
  ["has lost the way of Python to the bridge", () => `PYTHONPATH=src ${inner()}`],
  ["has lost the exemption of loopback", () => `NO_PROXY= no_proxy= ${inner()}`, { HTTP_PROXY: "" }],
] as [string, () => string, Record<string, string>?][]) {
  test(`an inner one that ${what} uses the outer one's proxy`, async () => {
    const { code, stdout, stderr } = await execShell(script(), [], environment);
    assert.is(code, 0, stderr);
    assert.match(stdout, "200");
    assert.match(stderr, joined);
  });
}

test("exit codes are the program's, and say why it was not started", async () => {
  const script = [
    inner("", "sh -c 'exit 7'"),
    inner("", "no-such-program-anywhere"),
    inner("", "sh -c 'kill -TERM $$'"),
  ];
  const { stdout } = await execShell(script.map((line) => `${line}; echo $?`).join("\n"));
  assert.is(stdout, "7\n127\n143\n");
});

test("what leads to the proxy is in the program's environment again, whatever was done to it between", async () => {
  const show = inner("", `sh -c 'echo "$PYTHONPATH $NO_PROXY"'`);
  const { stdout } = await execShell(`PYTHONPATH=src NO_PROXY=.example.com ${show}`);
  assert.match(stdout, /^\S+\.whl:src \.example\.com,127\.0\.0\.1,localhost\n$/);
});

for (const [what, prefix, options] of [
  ["a secret of its own", "TEST_KEY=other", ""],
  ["another setting of the same vendor", "TEST_KEY=k TEST_PROFILE=other", ""],
  ["a credential of its own", "MLFLOW_TRACKING_TOKEN=other TEST_KEY=other", ""],
  ["a copy of the file", "TEST_KEY=k", "--config copy.yaml"],
  ["settings that are cut off", "TEST_KEY=k _MLFLOW_AUTH_EXEC={", ""],
  ["no word of the outer one", "TEST_KEY=k _MLFLOW_AUTH_EXEC=", ""],
  ["a registry of its own", "TEST_KEY=k MLFLOW_REGISTRY_URI=https://registry.example.com", ""],
] as const) {
  test(`an inner one with ${what} has a proxy of its own`, async () => {
    const { code, stdout, stderr } = await execShell(`cp mlflow-auth.yaml copy.yaml; ${prefix} ${inner(options)}`);
    assert.is(code, 0, stderr);
    assert.is(stdout, "200\n");
    assert.not.match(stderr, joined);
    assert.is(stderr.match(/mlflow-auth: using/g)?.length, 2);
  });
}

test("once the file was changed, an inner one has a proxy of its own", async () => {
  const { code, stderr } = await execShell(`echo "# changed" >> mlflow-auth.yaml; TEST_KEY=k ${inner()}`);
  assert.is(code, 0, stderr);
  assert.not.match(stderr, joined);
});

test("where another file needs what the outer one took out, the error says so, and what to do", async () => {
  const { code, stderr } = await execShell(`cp mlflow-auth.yaml copy.yaml; ${inner("--config copy.yaml")}`);
  assert.is(code, 3);
  assert.match(stderr, /TEST_KEY.* was taken out of the environment by the `mlflow-auth exec` around this program/);
  assert.match(stderr, /this exec is within another.*: leave this one out, or give that one --keep-env=TEST_KEY/);
});

test("an address that only looks like the outer one's is not believed", async () => {
  const forge = `s=$(printf %s "$_MLFLOW_AUTH_BRIDGE" | sed 's/127.0.0.1:[0-9]*/127.0.0.1:1/g'); TEST_KEY=k _MLFLOW_AUTH_BRIDGE=$s`;
  const { code, stdout, stderr } = await execShell(`${forge} ${inner()}`);
  assert.is(code, 0, stderr);
  assert.is(stdout, "200\n");
  assert.not.match(stderr, joined);
});

// The outer one leaves the secret there, so that nothing but what is named differs.
for (const [what, script] of [
  ["the file was changed", () => `echo "# changed" >> mlflow-auth.yaml; ${inner()}`],
  ["another setting of the same vendor was made", () => `TEST_PROFILE=other ${inner()}`],
  ["--server names another server", () => inner("--server http://127.0.0.1:1")],
  ["MLFLOW_TRACKING_URI names another server", () => `MLFLOW_TRACKING_URI=http://127.0.0.1:1 ${inner()}`],
  [
    "what is said to Python was changed",
    () => `_MLFLOW_AUTH_BRIDGE=$(printf %s "$_MLFLOW_AUTH_BRIDGE" | sed 's/"auth":true/"auth":false/g') ${inner()}`,
  ],
] as [string, () => string][]) {
  test(`where only this differs, an inner one does not use the outer one's proxy: ${what}`, async () => {
    site.configure(
      'version: 1\nservers:\n  - { uri: "URI" }\n  - { uri: "http://127.0.0.1:1" }\nplugins:\n  test: { file: FILE, token: "${TEST_KEY}" }\n',
    );
    const options = ["--keep-env=TEST_KEY", "--server", site.upstream.uri];
    assert.match((await execShell(inner(), options)).stderr, joined);
    const { stderr } = await execShell(script(), options);
    assert.not.match(stderr, joined);
    assert.is(stderr.match(/mlflow-auth: using/g)?.length, 2, stderr);
  });
}

test("once the outer one has ended, an inner one has a proxy of its own", async () => {
  const { stdout: kept } = await execShell("env");
  const names = ["MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_AUTH", "_MLFLOW_AUTH_BRIDGE", "_MLFLOW_AUTH_EXEC"];
  const lines = kept.split("\n").filter((line) => names.some((name) => line.startsWith(`${name}=`)));
  const env = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const options = { cwd: site.project.folder, env: { TEST_KEY: "k", ...env } };
  const { code, stderr } = await run(["exec", "--", process.execPath, "-e", ask], options);
  assert.is(code, 0, stderr);
  assert.not.match(stderr, joined);
});

test("the inner one takes out what the outer one was told to leave, unless it is told the same", async () => {
  const show = "sh -c 'echo [$TEST_KEY] $MLFLOW_AUTH_REMOVED'";
  const script = `${inner("", show)}; ${inner("--keep-env=TEST_KEY", show)}; ${inner("--keep-env", show)}`;
  const { stdout, stderr } = await execShell(script, ["--keep-env=TEST_KEY"]);
  assert.is(stdout, "[] TEST_KEY\n[k]\n[k]\n");
  assert.is(stderr.match(new RegExp(joined, "g"))?.length, 3);
});

test("the inner one can't keep what is gone, and says whom to tell", async () => {
  const { code, stderr } = await execShell(inner("--keep-env=TEST_KEY"));
  assert.is(code, 0);
  assert.match(stderr, "the exec around this one took TEST_KEY out; give that one --keep-env=TEST_KEY");
});

test("what an inner one is told are names, a process and one digest, and the program has nothing of the secret", async () => {
  const told = async (key: string) =>
    JSON.parse((await execShell('echo "$_MLFLOW_AUTH_EXEC"', [], { TEST_KEY: key })).stdout);
  const { digest, ...rest } = await told("k");
  assert.match(digest, /^[\w-]{43}$/);
  assert.equal(Object.keys(rest).sort(), ["pid", "reads", "secrets"]);
  assert.ok(rest.secrets.includes("TEST_KEY") && rest.reads.includes("TEST_KEY"));
  assert.is((await execShell("env | grep -c sesame-key", [], { TEST_KEY: "sesame-key" })).stdout, "0\n");
});

test.run();
