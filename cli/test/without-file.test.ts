/** The commands in a project that has plugins and no file: the environment says all that they need. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { run, start } from "./command.js";
import { createSetup, type Setup } from "./setup.js";

const test = suite("the command without a file");

let setup: Setup;
test.beforeEach(() => {
  setup = createSetup();
  closeAfterwards(setup.remove);
});

const key = `canary-${process.pid}`;

/** MLflow, which says what it was sent. */
async function listen(): Promise<string> {
  const server = createServer((request, response) => {
    const { "dd-api-key": sent = null, authorization = null } = request.headers;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ sent, authorization }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Env = Record<string, string>;
const ask = (args: readonly string[], env: Env) => run(args, { cwd: setup.folder, env });
const datadog = async (): Promise<Env> => ({
  MLFLOW_TRACKING_URI: await listen(),
  DD_API_KEY: key,
  DD_MODEL_LAB_ENABLED: "1",
});

const PRINT = `fetch(process.env.MLFLOW_TRACKING_URI + "/x").then(async (a) => console.log(await a.text()))`;
const node = (program: string) => ["--", process.execPath, "-e", program];
const announced =
  /^mlflow-auth: using the environment \(DD_MODEL_LAB_ENABLED, MLFLOW_TRACKING_URI, DD_API_KEY\) for http/m;

test("exec says that it uses the environment, and which variables; the credential's does not reach the program", async () => {
  const env = await datadog();
  const program = `console.log(process.env.DD_API_KEY, process.env.MLFLOW_TRACKING_AUTH); ${PRINT}`;
  const { code, stdout, stderr } = await ask(["exec", ...node(program)], env);
  assert.is(code, 0, stderr);
  assert.match(stderr, announced);
  const [variables, answer] = stdout.split("\n");
  assert.is(variables, "undefined mlflow-auth");
  assert.is(JSON.parse(answer as string).sent, key);
  assert.not.match(stderr, key);
});

/** Runs a program by an exec within an exec, both of which keep all variables. */
function askNested(options: readonly string[], env: Env) {
  const inner = JSON.stringify(["exec", "--keep-env", ...options, ...node(PRINT)]);
  const program = `require("node:child_process").spawnSync(process.execPath, [process.env.BUILT, ...${inner}], { stdio: "inherit" })`;
  return ask(["exec", "--keep-env", ...node(program)], { ...env, BUILT: builtCommand });
}

test("exec in exec: what the outer one puts in place of a switch is none, so both mean the same and share a proxy", async () => {
  const { stdout, stderr } = await askNested([], await datadog());
  assert.is(JSON.parse(stdout).sent, key, stderr);
  assert.is(stderr.match(/using the environment/g)?.length, 1);
});

test("exec in exec: a file that is named and is not there is told, and the environment does not stand in its place", async () => {
  const { stdout, stderr } = await askNested(["--config", "missing.yaml"], await datadog());
  assert.is(stdout, "");
  assert.match(stderr, /^CONFIG_NOT_FOUND: .*missing\.yaml/m);
});

test("register in exec, without a file: the proxy gives the credential, and register leaves it to it", async () => {
  const env = await datadog();
  const register = new URL("../../core/dist/register.js", import.meta.url).href;
  const command = ["exec", "--", process.execPath, "--import", register, "-e", PRINT];
  const { code, stdout, stderr } = await ask(command, env);
  assert.is(code, 0, stderr);
  assert.is(JSON.parse(stdout).sent, key);
});

test("proxy", async () => {
  const running = start(["proxy", "--port", "0"], { cwd: setup.folder, env: await datadog() });
  const answer = await fetch(`${await running.firstLine()}/x`);
  assert.is(((await answer.json()) as Env)["sent"], key);
  running.child.kill("SIGTERM");
  assert.match((await running.end).stderr, announced);
});

test("headers, tags, validate and doctor", async () => {
  const env = await datadog();
  const url = env["MLFLOW_TRACKING_URI"] as string;
  assert.match((await ask(["headers", url], env)).stdout, /DD-API-KEY: \[secret\] {3}from datadog/);
  assert.is((await ask(["tags"], env)).code, 0);
  assert.match((await ask(["validate"], env)).stdout, /^valid {2}the environment \(DD_MODEL_LAB_ENABLED, /);
  const { environment } = JSON.parse((await ask(["validate", "--json"], env)).stdout);
  assert.equal(environment, ["DD_MODEL_LAB_ENABLED", "MLFLOW_TRACKING_URI", "DD_API_KEY"]);
  const { stdout } = await ask(["doctor"], env);
  assert.match(
    stdout,
    /^no file: the environment in its place\n {2}ok {4}file {12}the environment \(DD_MODEL_LAB_ENABLED/,
  );
  assert.equal(JSON.parse((await ask(["doctor", "--json"], env)).stdout).environment, environment);
});

test("plugins tells what the environment enables", async () => {
  const env = await datadog();
  const { stdout } = await ask(["plugins"], env);
  assert.match(stdout, /datadog {3}headers {3}enabled as datadog\n/);
  assert.match(stdout, /vault {3}auth {3}not enabled\n/);
  const why = await ask(["plugins", "--why", "datadog"], env);
  assert.match(why.stdout, /the environment \(DD_MODEL_LAB_ENABLED\) enables it as datadog/);
});

test("what is said of another server names the variable, and no file", async () => {
  const { code, stderr } = await ask(["headers", "https://other.example.com"], await datadog());
  assert.is(code, 1);
  assert.match(stderr, /^DESTINATION_UNLISTED: .* is not the server of MLFLOW_TRACKING_URI/);
});

test("DD_API_KEY alone belongs to others: nothing is sent, and nothing runs", async () => {
  const { MLFLOW_TRACKING_URI } = await datadog();
  const env = { MLFLOW_TRACKING_URI: MLFLOW_TRACKING_URI as string, DD_API_KEY: key };
  const { code, stdout, stderr } = await ask(["exec", ...node(PRINT)], env);
  assert.is(code, 3);
  assert.is(stdout, "");
  assert.match(stderr, /^CONFIG_NOT_FOUND/);
  const named = await ask(["exec", ...node(PRINT)], { ...env, MLFLOW_AUTH_PLUGINS: "datadog" });
  assert.is(JSON.parse(named.stdout).sent, key, named.stderr);
});

test("init --from-env writes what the environment amounts to, and nothing beside it", async () => {
  const env = {
    MLFLOW_TRACKING_URI: "http://mlflow.example.com",
    MLFLOW_AUTH_ALLOW_INSECURE: "1",
    MLFLOW_SECRETS_AUTH_ENABLE: "vault",
    VAULT_ADDR: "https://vault.example.com",
    VAULT_TOKEN: key,
    MLFLOW_VAULT_SECRET_PATH: "a/b",
    DD_API_KEY: key,
  };
  const before = JSON.parse((await ask(["validate", "--json"], env)).stdout);
  const { code, stderr } = await ask(["init", "--from-env"], env);
  assert.is(code, 0, stderr);
  assert.match(stderr, "datadog is left out, though there is DD_API_KEY: --plugin datadog");
  const file = parse(setup.read("mlflow-auth.yaml"));
  assert.equal(
    [file.trackingUri, file.allowInsecure, Object.keys(file.plugins)],
    [env.MLFLOW_TRACKING_URI, true, ["vault"]],
  );
  const after = JSON.parse((await ask(["validate", "--json"], env)).stdout);
  assert.equal([after.servers, after.plugins], [before.servers, before.plugins]);
  // The switches that are still there are told once.
  assert.equal(
    after.warnings.map(({ code }: Env) => code),
    ["SWITCH_IGNORED"],
  );
});

test("exec beside a file says once which switches it does not follow", async () => {
  const env = await datadog();
  setup.write("mlflow-auth.yaml", `version: 1\ntrackingUri: ${env["MLFLOW_TRACKING_URI"]}\n`);
  const switches = { MLFLOW_TRACKING_AUTH: "mlflow_secrets_auth", MLFLOW_SECRETS_AUTH_ENABLE: "vault" };
  const { stdout, stderr } = await ask(["exec", ...node(PRINT)], { ...env, ...switches });
  assert.is(JSON.parse(stdout).sent, null);
  const told = stderr.split("\n").filter((line) => line.includes("MLFLOW_SECRETS_AUTH_ENABLE"));
  assert.is(told.length, 1, stderr);
  assert.match(
    told[0] as string,
    /MLFLOW_TRACKING_AUTH, MLFLOW_SECRETS_AUTH_ENABLE, DD_MODEL_LAB_ENABLED of the environment/,
  );
});

test.run();
