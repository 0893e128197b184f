import { bridgeVariable } from "@mlflow-auth/proxy";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { leaveOuterProxy } from "../src/outer-proxy.js";
import { run, start } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("within another proxy of ours");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const options = (env: Record<string, string> = {}) => ({ cwd: site.project.folder, env });

const ask =
  'fetch(process.env.MLFLOW_TRACKING_URI + "/api/2.0/mlflow/runs/create", { method: "POST", body: "{}" }).then(async (a) => console.log(a.status))';

/** A file whose server is whatever the environment says. */
function listWhatTheEnvironmentSays(): void {
  const plugins = JSON.stringify({ test: site.project.options });
  site.project.write("mlflow-auth.yaml", `version: 1\ntrackingUri: \${MLFLOW_TRACKING_URI}\nplugins: ${plugins}\n`);
}

const GIVEN = "_MLFLOW_AUTH_GIVEN";
const [own, other] = ["https://mlflow.test", "https://other.test"];

for (const [what, before, after] of [
  ["is not what MLflow wrote over it", { MLFLOW_TRACKING_URI: other, [GIVEN]: told(own, other) }, own],
  ["is what somebody wrote since", { MLFLOW_TRACKING_URI: own, [GIVEN]: told(other, "https://last.test") }, own],
  ["stays where nothing was overwritten", { MLFLOW_TRACKING_URI: own }, own],
  ["stays where what was overwritten can't be read", { MLFLOW_TRACKING_URI: own, [GIVEN]: "{cut" }, own],
  ["stays where what was overwritten is of another form", { MLFLOW_TRACKING_URI: own, [GIVEN]: "null" }, own],
] as const) {
  test(`the address that a Python program around this command was given ${what}`, () => {
    const env: Record<string, string> = { ...before };
    assert.equal(leaveOuterProxy(env), []);
    assert.equal(env, { MLFLOW_TRACKING_URI: after });
  });
}

function told(given: string, written: string): string {
  return JSON.stringify({ MLFLOW_TRACKING_URI: [given, written] });
}

test("the variable is the bridge's", () => {
  const addresses = { MLFLOW_TRACKING_URI: { proxy: "http://127.0.0.1:1/t", real: "https://mlflow.test" } };
  const env = {
    [bridgeVariable]: JSON.stringify({ token: "t", addresses }),
    MLFLOW_TRACKING_URI: "http://127.0.0.1:1/t",
  };
  assert.equal(leaveOuterProxy(env), ["t"]);
  assert.is(env.MLFLOW_TRACKING_URI, "https://mlflow.test");
});

for (const text of ["", "{", "null", "{}", '{"token":1,"addresses":{}}', '{"token":"","addresses":{}}']) {
  test(`settings that are cut off are passed over: ${JSON.stringify(text)}`, () => {
    const env = { [bridgeVariable]: text, MLFLOW_TRACKING_URI: "http://127.0.0.1:1/x" };
    assert.equal(leaveOuterProxy(env), []);
    assert.is(env.MLFLOW_TRACKING_URI, "http://127.0.0.1:1/x");
  });
}

test("an address of one's own is no proxy's", () => {
  for (const address of [
    "https://mlflow.test/1234567890abcdef",
    "http://127.0.0.1:5000/team",
    "http://127.0.0.1:5000/mlflow-production",
    "sqlite:///x",
    "",
  ])
    assert.equal(leaveOuterProxy({ MLFLOW_TRACKING_URI: address }), [], address);
});

for (const level of ["debug", "warn"]) {
  test(`exec in exec, logging ${level}: it is about the server itself, and neither token is printed`, async () => {
    listWhatTheEnvironmentSays();
    site.upstream.answer = (_req, res) =>
      void res.setHeader("content-type", "application/json").end('{"run":{"info":{"run_id":"r","experiment_id":"1"}}}');
    const inner = ["mlflow-auth.js", "exec", "--log-level", level, "--", process.execPath, "-e", ask];
    const shell = `echo "$MLFLOW_TRACKING_URI"; exec "${process.execPath}" "$BUILT" ${inner
      .slice(1)
      .map((word) => `'${word}'`)
      .join(" ")}`;
    const { builtCommand } = await import("@mlflow-auth/test/built-command");
    const env = { MLFLOW_TRACKING_URI: site.upstream.uri, BUILT: builtCommand };
    const { code, stdout, stderr } = await run(["exec", "--log-level", level, "--", "sh", "-c", shell], options(env));
    assert.is(code, 0, stderr);
    const [address = "", status] = stdout.trim().split("\n");
    assert.is(status, "200");
    const token = new URL(address).pathname.slice(1);
    assert.match(token, /^[\w-]{43}$/);
    assert.not(stderr.includes(token), stderr);
    const announced = stderr.match(/mlflow-auth: (?:using mlflow-auth\.yaml )?for [^ ,\n]+/g);
    assert.equal(announced, [
      `mlflow-auth: using mlflow-auth.yaml for ${site.upstream.uri}`,
      `mlflow-auth: for ${site.upstream.uri}`,
    ]);
    assert.match(stderr, `${site.upstream.uri}/#/experiments/1/runs/r`);
  });
}

test("a command that is given a sidecar's address prints no token of it, whatever it says and where", async () => {
  const sidecar = start(["proxy", "--port", "0"], options());
  const address = await sidecar.firstLine();
  const token = new URL(address).pathname.slice(1);
  listWhatTheEnvironmentSays();
  const env = { MLFLOW_TRACKING_URI: address };
  for (const args of [
    ["exec", "--log-level", "debug", "--", process.execPath, "-e", ask],
    ["validate"],
    ["headers", `${address}/x`],
    ["headers", `${address}/x`, "--json"],
    ["tags"],
    ["doctor"],
    ["doctor", "--json", "--log-level", "debug"],
    ["exec", "--server", `${address}x`, "--", "true"],
  ]) {
    const { stdout, stderr } = await run(args, options(env));
    assert.not((stdout + stderr).includes(token), args.join(" "));
    assert.match(stdout + stderr, "[token]", args.join(" "));
  }
  sidecar.child.kill("SIGTERM");
  await sidecar.end;
});

test("a proxy that is started again prints its address, though the environment holds it already", async () => {
  const file = site.project.write("token", "0123456789abcdef-Token", 0o600);
  const env = { MLFLOW_TRACKING_URI: `http://127.0.0.1:1/0123456789abcdef-Token` };
  const running = start(["proxy", "--port", "0", "--token-file", file], options(env));
  assert.match(await running.firstLine(), /\/0123456789abcdef-Token$/);
  running.child.kill("SIGTERM");
  await running.end;
});

test.run();
