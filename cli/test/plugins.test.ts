import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./command.js";
import { createSetup, type Setup } from "./setup.js";

const test = suite("mlflow-auth plugins");

let setup: Setup;
test.beforeEach(() => {
  setup = createSetup();
});
test.afterEach(() => setup.remove());

/** A project where these plugins alone are installed. */
function useOnly(...names: string[]): void {
  setup.remove();
  setup = createSetup(...names);
}

const plugins = (args: string[] = [], env: Record<string, string> = {}) =>
  run(["plugins", ...args], { cwd: setup.folder, env });
const why = (name: string, env = {}) => plugins(["--why", name], env);

/** Installs a plugin package that nobody may import; not declared unless asked for. */
function install(name: string, plugin: string, { declare = true, apiVersion = 1 } = {}): void {
  const manifest = {
    name,
    version: "2.0.0",
    "entry-points": { "mlflow.request_auth_provider": { [plugin]: "./index.js:create" } },
    "mlflow-auth-plugin": { apiVersion },
  };
  setup.write(`node_modules/${name}/package.json`, JSON.stringify(manifest));
  setup.write(`node_modules/${name}/index.js`, "console.log('imported'); process.exit(9);");
  const own = JSON.parse(setup.read("package.json"));
  if (declare) own.dependencies[name] = "*";
  setup.write("package.json", JSON.stringify(own));
}

const file = `version: 1
trackingUri: https://mlflow.example.com
plugins:
  vault: { address: "\${NOT_SET}", secret: { path: x } }
  staging: { plugin: vault, enabled: false, address: https://v.example.com, secret: { path: x } }
  other: { plugin: vault, address: https://v.example.com, secret: { path: x } }
`;

test("lists what is installed, where, what it gives and under which names it is enabled", async () => {
  setup.write("mlflow-auth.yaml", file);
  const { code, stdout, stderr } = await plugins();
  assert.is(code, 0);
  assert.is(stderr, "");
  const place = join(setup.folder, "node_modules/@mlflow-auth/plugin-vault");
  assert.ok(stdout.includes(`@mlflow-auth/plugin-vault 0.1.0   ${place}\n  vault   auth   enabled as vault, other\n`));
  assert.match(stdout, / {2}datadog {3}headers {3}not enabled\n/);
});

test("as JSON, and without a file", async () => {
  const { code, stdout } = await plugins(["--json"]);
  assert.is(code, 0);
  const listed = JSON.parse(stdout);
  assert.is(listed.file, null);
  const vault = listed.packages.find(({ name }: { name: string }) => name === "@mlflow-auth/plugin-vault");
  assert.equal(vault.plugins, [{ name: "vault", interfaces: ["auth"], enabledAs: [] }]);
});

test("with a file that can't be read, what is enabled is unknown", async () => {
  setup.write("mlflow-auth.yaml", "version: 1\nplugins: [\n");
  const { code, stdout, stderr } = await plugins();
  assert.is(code, 0);
  assert.match(stdout, / {2}vault {3}auth {3}enabled or not: unknown\n/);
  assert.match(stderr, /which plugins are enabled is unknown.*\n {2}Try this: mlflow-auth validate/);
  assert.is(JSON.parse((await plugins(["--json"])).stdout).packages[0].plugins[0].enabledAs, null);
});

test("a file that was named has to be there", async () => {
  const { code, stderr } = await plugins(["--config", "nope.yaml"]);
  assert.is(code, 3);
  assert.match(stderr, /^CONFIG_NOT_FOUND/);
});

test("imports nothing, and shows what is faulty as such", async () => {
  install("acme-auth", "acme");
  install("old-auth", "old", { apiVersion: 9 });
  const { code, stdout } = await plugins();
  assert.is(code, 0);
  assert.not.match(stdout, "imported");
  assert.match(stdout, /acme-auth 2\.0\.0 .*\n {2}acme {3}auth {3}not enabled/);
  assert.match(stdout, / {2}old {3}auth {3}PLUGIN_MANIFEST\n .*is made for version 9/);
});

test("where nothing is installed the command that installs is named", async () => {
  setup.write("package.json", "{}");
  const { code, stdout, stderr } = await plugins();
  assert.is(code, 0);
  assert.match(stdout, /^no plugin is installed here\n/);
  assert.match(stderr, "Try this: npm install @mlflow-auth/plugin-vault");
});

test("--why: found, with the roots in their order", async () => {
  setup.write("mlflow-auth.yaml", file);
  const { code, stdout } = await why("vault");
  assert.is(code, 0);
  assert.match(stdout, /^vault is found: @mlflow-auth\/plugin-vault 0\.1\.0\n/);
  assert.match(stdout, "mlflow-auth.yaml enables it as vault, other");
  assert.match(stdout, `1. ${setup.folder}   the project around the file`);
  assert.match(stdout, /plugin-vault\): used\n/);
});

test("--why of an instance's name is about its plugin", async () => {
  setup.write("mlflow-auth.yaml", file);
  assert.match((await why("staging")).stdout, /^staging is found: @mlflow-auth\/plugin-vault/);
});

test("--why of a package", async () => {
  assert.match((await why("@mlflow-auth/plugin-datadog")).stdout, /is found: @mlflow-auth\/plugin-datadog/);
  const { code, stdout } = await why("@acme/none");
  assert.is(code, 1);
  assert.match(stdout, "the package `@acme/none` is not installed: npm install @acme/none");
});

const unfound: [what: string, prepare: () => void, name: string, said: RegExp][] = [
  [
    "known, and not installed",
    () => useOnly("vault"),
    "datadog",
    /PLUGIN_NOT_INSTALLED\n.*npm install @mlflow-auth\/plugin-datadog/,
  ],
  [
    "the install command is the project's own",
    () => {
      useOnly("vault");
      setup.write("pnpm-lock.yaml", "");
    },
    "datadog",
    /pnpm add @mlflow-auth\/plugin-datadog/,
  ],
  ["misspelt", () => {}, "valt", /did you mean `vault`\?/],
  [
    "there, but not declared",
    () => install("acme-auth", "acme", { declare: false }),
    "acme",
    /does not name it as a dependency: npm install acme-auth\n[\s\S]*acme-auth 2\.0\.0 .*: lies there, but package\.json/,
  ],
  [
    "provided by two",
    () => {
      install("acme-auth", "acme");
      install("best-auth", "acme");
    },
    "acme",
    /PLUGIN_AMBIGUOUS\n[\s\S]*acme-auth .*: one of several[\s\S]*best-auth .*: one of several/,
  ],
  [
    "faulty",
    () => install("old-auth", "old", { apiVersion: 9 }),
    "old",
    /PLUGIN_MANIFEST\n.*made for version 9[\s\S]*old-auth .*: its package\.json or schema can't be used/,
  ],
];
for (const [what, prepare, name, said] of unfound) {
  test(`--why: ${what}`, async () => {
    prepare();
    const { code, stdout } = await why(name);
    assert.is(code, 1);
    assert.match(stdout, said);
    assert.not.match(stdout, "imported");
  });
}

test("--why: the same package in a later root is passed over", async () => {
  const second = createSetup();
  try {
    const { code, stdout } = await why("vault", { MLFLOW_AUTH_PLUGIN_ROOT: second.folder });
    assert.is(code, 0);
    assert.match(stdout, `2. ${second.folder}   MLFLOW_AUTH_PLUGIN_ROOT\n`);
    assert.match(stdout, /plugin-vault\): passed over: the same package/);
  } finally {
    second.remove();
  }
});

test("--why as JSON", async () => {
  const { code, stdout } = await plugins(["--why", "acme", "--json"]);
  assert.is(code, 1);
  const { found, fault, roots } = JSON.parse(stdout);
  assert.is(found, null);
  assert.is(fault.code, "PLUGIN_NOT_INSTALLED");
  assert.is(roots[0].folder, setup.folder);
});

test("a name with control characters is not sent to the terminal", async () => {
  const { stdout } = await why("a\u001b[31mb");
  assert.not.match(stdout, "\u001b");
});

test("a folder's name can't give orders to the terminal, whatever command shows it", async () => {
  const name = "folder\u001b[31m\u0007";
  const config = setup.write(`${name}/mlflow-auth.yaml`, "version: 1\ntrackingUri: https://mlflow.example.com\n");
  setup.write(`${name}/package.json`, "{}");
  const env = { MLFLOW_AUTH_CONFIG: config };
  for (const args of [["plugins"], ["plugins", "--why", "vault"], ["validate"], ["schema", "--write"]]) {
    const { stdout, stderr } = await run(args, { cwd: setup.folder, env });
    assert.match(stdout + stderr, "folder\\u001b[31m", args.join(" "));
    assert.not.match(stdout + stderr, "\u001b[31m", args.join(" "));
  }
});

test.run();
