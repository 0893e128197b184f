import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setAt } from "@mlflow-auth/core/internal/environment";
import * as assert from "uvu/assert";
import { apply, refuseCredentials } from "../src/init/settings.js";
import { lookAround } from "../src/init/surroundings.js";
import { enough, initSuite } from "./init-fixture.js";

const { ask, file, init, isWritten, renew, setup, test } = initSuite("mlflow-auth init without a terminal");

test("writes a commented file that is valid once its variables are set, and the schema beside it", async () => {
  const { code, stdout, stderr } = await init(enough);
  assert.is(code, 0, stderr);
  const text = setup().read("mlflow-auth.yaml");
  assert.match(text, /^# yaml-language-server: \$schema=\.mlflow-auth\.schema\.json\n/);
  assert.match(text, /# Vault's address\.\n {4}address: \$\{VAULT_ADDR\}\n/);
  assert.match(text, "secretId: { env: VAULT_SECRET_ID }");
  assert.match(setup().read(".mlflow-auth.schema.json"), "plugin-vault");
  assert.match(stderr, "set VAULT_ADDR, VAULT_ROLE_ID, VAULT_SECRET_ID before you use it");
  assert.match(stdout, /\nTry this next: mlflow-auth doctor\n$/);
  const judged = await ask(["validate"], { VAULT_ADDR: "https://vault.example.com", VAULT_ROLE_ID: "trainer" });
  assert.is(judged.code, 0, judged.stderr);
});

test("names everything that is missing, and writes nothing", async () => {
  const { code, stdout, stderr } = await init(["--plugin", "vault", "--set", "vault.auth.method=jwt"]);
  assert.is(code, 2);
  assert.is(stdout, "");
  assert.match(stderr, /^USAGE: this is missing: --tracking-uri URI; .*--set vault\.auth\.jwt\.env=NAME or /);
  assert.match(stderr, "--set vault.secret.path=VALUE (The secret's path below the mount.)");
  assert.not(isWritten());
});

test("of options of which one has to be given it asks for the first, unless another is there", async () => {
  renew("token");
  const uri = ["--tracking-uri", "https://mlflow.example.com", "--plugin", "token"];
  const { code, stderr } = await init(uri);
  assert.is(code, 2);
  assert.match(stderr, /^USAGE: this is missing: --set token\.token\.env=NAME or --set token\.token\.file=PATH\n/);
  for (const [setting, token] of [
    ["token.token.file=/run/secrets/mlflow", { token: { file: "/run/secrets/mlflow" } }],
    ["token.command=[gcloud, auth, print-identity-token]", { command: ["gcloud", "auth", "print-identity-token"] }],
  ] as const) {
    renew("token");
    const written = await init([...uri, "--set", setting]);
    assert.is(written.code, 0, written.stderr);
    assert.equal(file().plugins, { token });
  }
});

test("a setting names its plugin, and the address may be a variable", async () => {
  const args = ["--set", "vault.secret.path=mlflow/auth", "--tracking-uri", "${MLFLOW_TRACKING_URI}"];
  assert.is((await init(args)).code, 0);
  assert.equal(file(), {
    version: 1,
    trackingUri: "${MLFLOW_TRACKING_URI}",
    plugins: { vault: { address: "${VAULT_ADDR}", secret: { path: "mlflow/auth" } } },
  });
});

test("an address with a password in it is refused also where a variable stands for its host", async () => {
  const secret = randomUUID();
  const address = `https://me:${secret}@\${HOST}`;
  for (const args of [
    ["--tracking-uri", address, "--set", "vault.secret.path=a"],
    [
      "--tracking-uri",
      "https://mlflow.example.com",
      "--set",
      "vault.secret.path=a",
      "--set",
      `vault.address=${address}`,
    ],
  ]) {
    const { code, stdout, stderr } = await init(args);
    assert.is(code, 2);
    assert.match(stderr, "must not hold a user or a password");
    assert.not.match(stdout + stderr, secret);
    assert.not(isWritten());
  }
});

test("a credential is known as one once an answer has chosen what it belongs to", async () => {
  const around = await lookAround(join(setup().folder, "mlflow-auth.yaml"));
  const instance = around.instance("vault");
  apply([{ path: ["vault", "auth", "token"], text: randomUUID() }], instance, around.check);
  setAt(instance.options, ["auth", "method"], "token");
  assert.throws(() => refuseCredentials(instance), /vault\.auth\.token is a credential/);
  setAt(instance.options, ["auth", "token"], "${VAULT_TOKEN}");
  refuseCredentials(instance);
});

test("a plugin whose schema goes in circles is named as the fault", async () => {
  const evil = {
    name: "plugin-circle",
    "entry-points": { "mlflow.request_auth_provider": { circle: "./index.js:create" } },
    "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./schema.json" },
  };
  setup().write("package.json", JSON.stringify({ dependencies: { "plugin-circle": "*" } }));
  setup().write("node_modules/plugin-circle/package.json", JSON.stringify(evil));
  setup().write("node_modules/plugin-circle/index.js", "");
  setup().write("node_modules/plugin-circle/schema.json", '{ "$ref": "#" }');
  const { code, stderr } = await init(["--tracking-uri", "https://mlflow.example.com", "--plugin", "circle"]);
  assert.is(code, 3);
  assert.match(
    stderr,
    /^PLUGIN_MANIFEST: the package plugin-circle \(.*\) has a configSchema that refers to itself without end/,
  );
  assert.not(isWritten());
});

test("takes the only plugin and MLFLOW_TRACKING_URI where nothing else is said", async () => {
  renew("datadog");
  const { code } = await init([], { MLFLOW_TRACKING_URI: "https://mlflow.example.com" });
  assert.is(code, 0);
  assert.equal(file(), { version: 1, trackingUri: "https://mlflow.example.com", plugins: { datadog: {} } });
});

const wrong: [what: string, args: string[], said: RegExp, code?: number][] = [
  ["a plugin that nobody provides", ["--plugin", "acme"], /^PLUGIN_NOT_INSTALLED: acme: no installed package/, 3],
  ["a plugin misspelt", ["--plugin", "valt"], /did you mean `vault`/, 3],
  ["an address that is none", ["--tracking-uri", "mlflow"], /^USAGE: --tracking-uri: the address must be absolute/],
  [
    "plain http",
    ["--tracking-uri", "http://mlflow.example.com"],
    /credentials would travel in the clear.*--allow-insecure/s,
  ],
  [
    "an option that does not exist",
    ["--set", "vault.secret.pth=x"],
    /`plugins\.vault\.secret\.pth` does not exist; did you mean `path`/,
  ],
  ["a value that does not fit", ["--set", "vault.secret.version=new"], /vault\.secret\.version must be a whole number/],
  ["a choice that there is not", ["--set", "vault.credential.mode=barer"], /vault\.credential\.mode must be one of/],
  ["a setting of no plugin", ["--set", "secret.path=x"], /--set secret\.path does not begin with the name of a plugin/],
  [
    "a key that objects have of themselves",
    ["--set", "vault.__proto__.x=1"],
    /`plugins\.vault\.__proto__` does not exist/,
  ],
  ["a file in JSON", ["--config", "mlflow-auth.json"], /would be read as JSON/],
  [
    "a folder that is not there",
    ["--config", "nowhere/mlflow-auth.yaml"],
    /its folder does not exist\n {2}Try this: mkdir -p/,
  ],
];
for (const [what, args, said, expected = 2] of wrong) {
  test(`${what} is refused`, async () => {
    const { code, stderr } = await init([...enough, ...args]);
    assert.match(stderr, said);
    assert.is(code, expected);
    assert.not(isWritten());
  });
}

test("what was misspelt is named, and not that the right one is missing", async () => {
  const uri = ["--tracking-uri", "https://mlflow.example.com"];
  for (const [setting, said] of [
    ["vault.secret.pth=mlflow/auth", /`plugins\.vault\.secret\.pth` does not exist; did you mean `path`/],
    ["vault.auth.method=aprole", /vault\.auth\.method.*did you mean `approle`/],
  ] as const) {
    const { code, stderr } = await init([...uri, "--set", setting]);
    assert.is(code, 2);
    assert.match(stderr, said);
    assert.not.match(stderr, "missing");
  }
});

test("a credential is refused, and not repeated", async () => {
  const canary = `canary-${process.pid}-value`;
  for (const setting of [`vault.auth.secretId=${canary}`, `vault.auth.secretId=\${A}${canary}`, `${canary}`]) {
    const { code, stdout, stderr } = await init([...enough, "--set", setting]);
    assert.is(code, 2);
    assert.not.match(stdout + stderr, canary);
  }
  assert.not(isWritten());
});

test("two plugins that can authenticate are asked in the order in which they were named", async () => {
  renew("vault");
  const other = {
    name: "acme-auth",
    version: "1.0.0",
    "entry-points": { "mlflow.request_auth_provider": { acme: "./index.js:create" } },
    "mlflow-auth-plugin": { apiVersion: 1 },
  };
  const own = JSON.parse(setup().read("package.json"));
  setup().write("package.json", JSON.stringify({ ...own, dependencies: { ...own.dependencies, "acme-auth": "*" } }));
  setup().write("node_modules/acme-auth/package.json", JSON.stringify(other));
  setup().write("node_modules/acme-auth/index.js", "throw new Error('nobody may import this')");
  const args = [
    "--plugin",
    "acme",
    "--plugin",
    "vault",
    "--set",
    "vault.secret.path=x",
    "--tracking-uri",
    "https://m.example.com",
  ];
  const { code, stderr } = await init(args, { VAULT_ADDR: "https://v.example.com" });
  assert.is(code, 0, stderr);
  assert.equal(file().auth, ["acme", "vault"]);
});

test("what is typed stands in the file as it was typed, whatever it is", async () => {
  const odd = ["a: b # c", "'\"", "{ env: X }", "*a", "null", "a\tb \u{1f600}"];
  for (const text of odd) {
    const { code, stderr } = await init([...enough, "--set", `vault.secret.field=${text}`]);
    assert.is(code, 0, `${text}: ${stderr}`);
    assert.is(file().plugins.vault.secret.field, text);
    const judged = await ask(["validate"], { VAULT_ADDR: "https://v.example.com", VAULT_ROLE_ID: "x" });
    assert.is(judged.code, 0, `${text}: ${judged.stderr}`);
    renew();
  }
});

test.run();
