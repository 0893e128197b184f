import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { setAt } from "../src/init/draft.js";
import { apply, refuseCredentials } from "../src/init/settings.js";
import { lookAround } from "../src/init/surroundings.js";
import { run } from "./command.js";
import { createSetup, type Setup } from "./setup.js";

const test = suite("mlflow-auth init without a terminal");

let setup: Setup;
test.beforeEach(() => {
  setup = createSetup();
});
test.afterEach(() => setup.remove());

const ask = (args: string[], env: Record<string, string> = {}) => run(args, { cwd: setup.folder, env });
const init = (args: string[], env: Record<string, string> = {}) => ask(["init", ...args], env);
const file = () => parse(setup.read("mlflow-auth.yaml"));
const isWritten = () => existsSync(join(setup.folder, "mlflow-auth.yaml"));

const enough = [
  ...["--tracking-uri", "https://mlflow.example.com/base", "--plugin", "vault", "--plugin", "datadog"],
  ...["--set", "vault.auth.method=approle", "--set", "vault.secret.path=mlflow/auth"],
];

test("writes a commented file that is valid once its variables are set, and the schema beside it", async () => {
  const { code, stdout, stderr } = await init(enough);
  assert.is(code, 0, stderr);
  const text = setup.read("mlflow-auth.yaml");
  assert.match(text, /^# yaml-language-server: \$schema=\.mlflow-auth\.schema\.json\n/);
  assert.match(text, /# Vault's address\.\n {4}address: \$\{VAULT_ADDR\}\n/);
  assert.match(text, "secretId: { env: VAULT_SECRET_ID }");
  assert.match(setup.read(".mlflow-auth.schema.json"), "plugin-vault");
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
  const instance = (await lookAround(join(setup.folder, "mlflow-auth.yaml"))).instance("vault");
  apply([{ path: ["vault", "auth", "token"], text: randomUUID() }], instance);
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
  setup.write("package.json", JSON.stringify({ dependencies: { "plugin-circle": "*" } }));
  setup.write("node_modules/plugin-circle/package.json", JSON.stringify(evil));
  setup.write("node_modules/plugin-circle/index.js", "");
  setup.write("node_modules/plugin-circle/schema.json", '{ "$ref": "#" }');
  const { code, stderr } = await init(["--tracking-uri", "https://mlflow.example.com", "--plugin", "circle"]);
  assert.is(code, 3);
  assert.match(
    stderr,
    /^PLUGIN_MANIFEST: the package plugin-circle has a configSchema that refers to itself without end/,
  );
  assert.not(isWritten());
});

test("takes the only plugin and MLFLOW_TRACKING_URI where nothing else is said", async () => {
  setup.remove();
  setup = createSetup("datadog");
  const { code } = await init([], { MLFLOW_TRACKING_URI: "https://mlflow.example.com" });
  assert.is(code, 0);
  assert.equal(file(), { version: 1, trackingUri: "https://mlflow.example.com", plugins: { datadog: {} } });
});

for (const [name, prepare] of [
  ["a file", () => setup.write("mlflow-auth.yaml", "version: 1\n")],
  ["a folder", () => mkdirSync(join(setup.folder, "mlflow-auth.yaml"))],
] as const) {
  test(`${name} of that name is left as it is`, async () => {
    prepare();
    const { code, stderr } = await init(enough);
    assert.is(code, 2);
    assert.match(stderr, /^USAGE: mlflow-auth\.yaml exists already.*\n {2}Try this: edit it/);
    assert.not(existsSync(join(setup.folder, ".mlflow-auth.schema.json")));
  });
}

test("of two that write at once, one does", async () => {
  const runs = await Promise.all([init(enough), init(enough), init(enough)]);
  assert.equal(runs.map(({ code }) => code).sort(), [0, 2, 2]);
  assert.is((await ask(["validate"], { VAULT_ADDR: "https://v.example.com", VAULT_ROLE_ID: "x" })).code, 0);
});

test("nobody else may write the file, whatever the umask", async () => {
  const before = process.umask(0);
  try {
    assert.is((await init(enough)).code, 0);
  } finally {
    process.umask(before);
  }
  assert.is(statSync(join(setup.folder, "mlflow-auth.yaml")).mode & 0o777, 0o644);
});

test("a file that the new one displaces is named", async () => {
  setup.write("package.json", JSON.stringify({ ...JSON.parse(setup.read("package.json")), "mlflow-auth": {} }));
  const first = await init(enough);
  assert.is(first.code, 0);
  assert.match(first.stderr, "it takes the place of package.json, which is not used here any more");
  mkdirSync(join(setup.folder, "sub"));
  const second = await run(["init", ...enough], { cwd: join(setup.folder, "sub") });
  assert.is(second.code, 0);
  assert.match(second.stderr, "it takes the place of ../mlflow-auth.yaml, which");
});

test("a file elsewhere is named in the command to try next", async () => {
  mkdirSync(join(setup.folder, "deploy"));
  const { code, stdout } = await init([...enough, "--config", "deploy/mlflow.yaml"]);
  assert.is(code, 0);
  assert.match(stdout, "mlflow-auth --config deploy/mlflow.yaml doctor");
  assert.ok(existsSync(join(setup.folder, "deploy/.mlflow-auth.schema.json")));
});

const wrong: [what: string, args: string[], said: RegExp, code?: number][] = [
  [
    "a plugin that does not exist yet",
    ["--plugin", "aws"],
    /^PLUGIN_NOT_INSTALLED: the plugin `aws` is planned and does not exist yet: those that do are datadog, vault\n/,
    3,
  ],
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
  setup.remove();
  setup = createSetup("vault");
  const other = {
    name: "acme-auth",
    version: "1.0.0",
    "entry-points": { "mlflow.request_auth_provider": { acme: "./index.js:create" } },
    "mlflow-auth-plugin": { apiVersion: 1 },
  };
  const own = JSON.parse(setup.read("package.json"));
  setup.write("package.json", JSON.stringify({ ...own, dependencies: { ...own.dependencies, "acme-auth": "*" } }));
  setup.write("node_modules/acme-auth/package.json", JSON.stringify(other));
  setup.write("node_modules/acme-auth/index.js", "throw new Error('nobody may import this')");
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
    setup.remove();
    setup = createSetup();
  }
});

const secretsAuth = {
  MLFLOW_TRACKING_URI: "https://mlflow.example.com",
  MLFLOW_SECRETS_AUTH_ENABLE: "vault",
  VAULT_ADDR: "https://vault.example.com:8200",
  MLFLOW_VAULT_SECRET_PATH: "team/mlflow/auth",
};

test("--from-env takes over the environment of the Python plugins, credentials by name", async () => {
  const token = `canary-${process.pid}-token`;
  const env = {
    ...secretsAuth,
    VAULT_TOKEN: token,
    VAULT_NAMESPACE: "ml",
    VAULT_SKIP_VERIFY: "no",
    MLFLOW_VAULT_AUTH_MODE: "basic",
    MLFLOW_AUTH_HEADER_NAME: "X-Auth",
    MLFLOW_VAULT_TTL_SEC: "100000",
    MLFLOW_SECRETS_ALLOWED_HOSTS: "*.other.com, mlflow.*.com",
    DD_API_KEY: token,
    DD_MODEL_LAB_ENABLED: "true",
  };
  const { code, stdout, stderr } = await init(["--from-env"], env);
  assert.is(code, 0, stderr);
  assert.equal(file(), {
    version: 1,
    trackingUri: "https://mlflow.example.com",
    plugins: {
      vault: {
        address: "${VAULT_ADDR}",
        namespace: "${VAULT_NAMESPACE}",
        auth: { method: "token", token: { env: "VAULT_TOKEN" } },
        secret: { mount: "team", path: "mlflow/auth" },
        credential: { mode: "basic", header: "X-Auth" },
        cache: { ttl: "86400s" },
      },
      datadog: { apiKey: { env: "DD_API_KEY" }, requireModelLab: true },
    },
  });
  assert.not.match(stdout + stderr + setup.read("mlflow-auth.yaml"), token);
  const { code: judged, stderr: said } = await ask(["validate"], env);
  assert.is(judged, 0, said);
});

test("--from-env with AppRole", async () => {
  const env = { ...secretsAuth, VAULT_ROLE_ID: "trainer", VAULT_SECRET_ID: "made-up" };
  assert.is((await init(["--from-env"], env)).code, 0);
  const auth = { method: "approle", roleId: "${VAULT_ROLE_ID}", secretId: { env: "VAULT_SECRET_ID" } };
  assert.equal(file().plugins.vault.auth, auth);
});

test("--from-env leaves out what is switched off, and says so", async () => {
  const env = {
    ...secretsAuth,
    MLFLOW_SECRETS_AUTH_ENABLE: "",
    MLFLOW_SECRETS_AUTH_ENABLE_VAULT: "no",
    DD_API_KEY: "x",
  };
  const { code, stderr } = await init(["--from-env"], env);
  assert.is(code, 0);
  assert.equal(Object.keys(file().plugins), ["datadog"]);
  assert.match(stderr, "vault is left out, though there is VAULT_ADDR");
});

test("--from-env does not widen what was allowed", async () => {
  const attempts: readonly (readonly [allowed: string, address: string, told: string])[] = [
    ["*.other.com", "https://mlflow.example.com", "mlflow.example.com"],
    ["*.other.com", "${MLFLOW_TRACKING_URI}", "mlflow.example.com"],
    ["*.other.com", "${NOT_SET_YET}", "an address that is not known yet"],
    ["?.example.com", "https://*.example.com", "*.example.com"],
  ];
  for (const [allowed, address, told] of attempts) {
    const env = { ...secretsAuth, MLFLOW_SECRETS_ALLOWED_HOSTS: allowed };
    const { code, stderr } = await init(["--from-env", "--tracking-uri", address], env);
    assert.is(code, 2, address);
    assert.match(stderr, `MLFLOW_SECRETS_ALLOWED_HOSTS does not allow ${told}`);
    assert.not(isWritten());
  }
});

test("--from-env names a plugin that the environment switches on and that is not installed", async () => {
  const { code, stderr } = await init(["--from-env"], {
    ...secretsAuth,
    MLFLOW_SECRETS_AUTH_ENABLE: "vault,aws-secrets-manager",
  });
  assert.is(code, 3);
  assert.match(stderr, "the plugin `aws` is planned and does not exist yet");
});

test.run();
