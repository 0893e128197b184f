import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "../../cli/test/command.ts";
import { createSetup, type Setup } from "../../cli/test/setup.ts";
import { missing } from "../servers/tools.ts";
import { CTRL_C, CTRL_D, CTRL_U, DOWN, ENTER, inTerminal, type Session, SPACE, type Step } from "./terminal.ts";

const test = suite("mlflow-auth init on a terminal", { missing: await missing("python") });

let setup: Setup;
test.beforeEach(() => {
  setup = createSetup();
});
test.afterEach(() => setup.remove());

const init = (steps: readonly Step[], args: string[] = [], env: Record<string, string> = {}): Promise<Session> =>
  inTerminal({ command: [process.execPath, builtCommand, "init", ...args], cwd: setup.folder, env, steps });

const file = () => readFileSync(join(setup.folder, "mlflow-auth.yaml"), "utf8");
const isWritten = () => existsSync(join(setup.folder, "mlflow-auth.yaml"));

const place: Step = ["Where shall the file be?", ENTER];
const address: Step = ["address of the MLflow server", `https://mlflow.example.com${ENTER}`];
const vault: Step = ["Which plugins?", SPACE + ENTER];

test("asks for what is needed, and what it writes is valid once the variables are set", async () => {
  const { code, screen } = await init([
    place,
    address,
    vault,
    ["vault.address", `https://vault.example.com:8200${ENTER}`],
    ["vault.auth.method", DOWN + DOWN + ENTER],
    ["vault.auth.roleId", ENTER],
    ["vault.auth.secretId", DOWN + ENTER],
    ["The name of the variable", `MY_SECRET_ID${ENTER}`],
    ["vault.secret.path", `mlflow/auth${ENTER}`],
  ]);
  assert.is(code, 0);
  assert.match(screen, /set VAULT_ROLE_ID, MY_SECRET_ID before you use it/);
  assert.match(screen, /Try this next: mlflow-auth doctor\n$/);
  assert.match(file(), "address: https://vault.example.com:8200");
  assert.match(file(), "secretId: { env: MY_SECRET_ID }");
  const { code: judged, stdout } = await run(["validate"], { cwd: setup.folder, env: { VAULT_ROLE_ID: "trainer" } });
  assert.is(judged, 0);
  assert.match(stdout, /auth: vault/);
});

test("a terminal that does not say how wide it is shows whole lines", async () => {
  const command = [process.execPath, builtCommand, "init"];
  const { screen } = await inTerminal({ command, cwd: setup.folder, steps: [[place[0], CTRL_C]], columns: 0 });
  assert.match(screen, "Where shall the file be?");
});

test("Enter takes what is usual: the address from MLFLOW_TRACKING_URI, and Vault's from its own variable", async () => {
  const env = { MLFLOW_TRACKING_URI: "https://usual.example.com", VAULT_ADDR: "https://vault.example.com" };
  const { code } = await init(
    [
      place,
      ["address of the MLflow server", ENTER],
      vault,
      ["VAULT_ADDR}, which is set here", ENTER],
      ["vault.auth.method", ENTER],
      ["vault.secret.path", `mlflow/auth${ENTER}`],
    ],
    [],
    env,
  );
  assert.is(code, 0);
  assert.match(file(), "trackingUri: https://usual.example.com");
  assert.match(file(), "address: ${VAULT_ADDR}");
  assert.not.match(file(), "method");
  assert.is((await run(["validate"], { cwd: setup.folder, env })).code, 0);
});

test("what can't be right is asked again, with the reason", async () => {
  const { code } = await init(
    [
      ["address of the MLflow server", `ftp://mlflow.example.com${ENTER}`],
      ["must be absolute and begin with https://", `${CTRL_U}http://mlflow.example.com${ENTER}`],
      ["plain http", ENTER],
      ["address of the MLflow server", `https://mlflow.example.com${ENTER}`],
      ["Which plugins?", ENTER],
      ["select at least one", SPACE + ENTER],
      ["vault.address", `vault${ENTER}`],
      ["must be an address such as", `${CTRL_U}https://vault.example.com${ENTER}`],
      ["vault.auth.method", DOWN.repeat(5) + ENTER],
      ["vault.auth.jwt", ENTER],
      ["The name of the variable", `not a name${ENTER}`],
      ["must be the name of an environment variable", `${CTRL_U}ID_TOKEN${ENTER}`],
      ["vault.secret.path", ENTER],
      ["this is needed", `../x${ENTER}`],
      ["must be a path such as", `${CTRL_U}mlflow/auth${ENTER}`],
    ],
    ["--config", "mlflow-auth.yaml"],
  );
  assert.is(code, 0);
  assert.match(file(), "jwt: { env: ID_TOKEN }");
});

test("asks only for what no option gives, and shows how the plugins are got that are not here", async () => {
  const options = ["--config", "mlflow-auth.yaml", "--tracking-uri", "https://mlflow.example.com"];
  setup.remove();
  setup = createSetup("datadog");
  const { code, screen } = await init([["Which plugins?", ENTER]], options);
  assert.is(code, 0);
  assert.match(screen, /vault \(not installed: npm install @mlflow-auth\/plugin-vault\)/);
  assert.match(file(), /datadog: \{\}/);
});

test("never asks for a credential itself", async () => {
  const { screen } = await init([
    place,
    address,
    vault,
    ["vault.address", ENTER],
    ["vault.auth.method", DOWN + DOWN + ENTER],
    ["vault.auth.roleId", ENTER],
    ["Where is it?", DOWN + DOWN + ENTER],
    ["The path of the file", `/run/secrets/id${ENTER}`],
    ["vault.secret.path", `mlflow/auth${ENTER}`],
  ]);
  assert.match(screen, "in the variable VAULT_SECRET_ID");
  assert.match(file(), "secretId: { file: /run/secrets/id }");
});

for (const [key, typed] of [
  ["Ctrl-C", CTRL_C],
  ["Ctrl-D", CTRL_D],
] as const) {
  test(`${key} writes nothing, says so, and shows no stack`, async () => {
    const { code, screen } = await init([place, address, ["Which plugins?", typed]]);
    assert.is(code, 130);
    assert.match(screen, "nothing was written");
    assert.not.match(screen, /\n\s+at /);
    assert.not(isWritten());
  });
}

test("where no plugin is installed nothing is asked, and the command that installs one is named", async () => {
  writeFileSync(join(setup.folder, "package.json"), "{}");
  const { code, screen } = await init([], ["--config", "mlflow-auth.yaml"]);
  assert.is(code, 3);
  assert.match(
    screen,
    /^PLUGIN_NOT_INSTALLED: no plugin is installed here[\s\S]*\n {2}Try this: npm install\s+@mlflow-auth/,
  );
});

test("a file that is there is not touched, and nothing is asked", async () => {
  writeFileSync(join(setup.folder, "mlflow-auth.yaml"), "version: 1\n");
  const { code, screen } = await init([]);
  assert.is(code, 2);
  assert.match(screen, /^USAGE: mlflow-auth\.yaml exists already.*\n {2}Try this: edit it/);
  assert.is(file(), "version: 1\n");
});

test("a place that is taken is asked again", async () => {
  writeFileSync(join(setup.folder, "taken.yaml"), "version: 1\n");
  const { code } = await init(
    [
      ["Where shall the file be?", `taken.yaml${ENTER}`],
      ["exists already", `${CTRL_U}other.yaml${ENTER}`],
      ["Which plugins?", DOWN + SPACE + ENTER],
    ],
    ["--tracking-uri", "https://mlflow.example.com"],
  );
  assert.is(code, 0);
  assert.ok(existsSync(join(setup.folder, "other.yaml")));
});

test("with --yes nothing is asked on a terminal either", async () => {
  const { code, screen } = await init([], ["--yes"]);
  assert.is(code, 2);
  assert.match(screen, /^USAGE: this is missing: --tracking-uri URI; --plugin NAME \(installed here: vault, datadog\)/);
});

test("NO_COLOR keeps colours away", async () => {
  const steps: Step[] = [["Which plugins?", DOWN + SPACE + ENTER]];
  const args = ["--config", "mlflow-auth.yaml", "--tracking-uri", "https://mlflow.example.com"];
  const coloured = (await init(steps, args)).raw;
  setup.remove();
  setup = createSetup();
  const plain = (await init(steps, args, { NO_COLOR: "1" })).raw;
  // Green, with which the answered questions and the written files are marked.
  assert.match(coloured, "\u001b[32m");
  assert.not.match(plain, "\u001b[32m");
});

test("a credential that was given before it is known to be one is not written", async () => {
  const slip = ["hush", "hush"].join("-");
  const { code, screen } = await init(
    [
      place,
      address,
      ["vault.address", `https://vault.example.com${ENTER}`],
      ["vault.auth.method", ENTER],
      ["vault.secret.path", `mlflow/auth${ENTER}`],
    ],
    ["--set", `vault.auth.token=${slip}`],
  );
  assert.is(code, 2);
  assert.match(screen, "vault.auth.token is a credential, and those do not belong into the file");
  assert.not.match(screen, slip);
  assert.not.ok(isWritten());
});

test.run();
