import * as assert from "uvu/assert";
import { initSuite } from "./init-fixture.js";

const { ask, file, init, isWritten, setup, test } = initSuite("mlflow-auth init --from-env");

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
  assert.not.match(stdout + stderr + setup().read("mlflow-auth.yaml"), token);
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

test("--from-env says which variables it found, also where it can't go on without --plugin", async () => {
  const env = { ...secretsAuth, MLFLOW_SECRETS_AUTH_ENABLE: "", MLFLOW_VAULT_SECRET_PATH: "" };
  const { code, stderr } = await init(["--from-env"], env);
  assert.is(code, 2);
  assert.match(stderr, /vault is left out, though there is VAULT_ADDR: --plugin vault\nUSAGE: .*--plugin NAME/);
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
    MLFLOW_SECRETS_AUTH_ENABLE: "vault,azure-key-vault",
  });
  assert.is(code, 3);
  assert.match(stderr, "npm install @mlflow-auth/plugin-azure");
});

const expires: readonly (readonly [seconds: string, ttl: string])[] = [
  ["0", "1s"],
  ["1", "1s"],
  [" 90 ", "90s"],
  ["86401", "86400s"],
  ["1.5", "300s"],
  ["soon", "300s"],
];

test("--from-env keeps a number of seconds within the plugin's bounds", async () => {
  for (const [seconds, ttl] of expires) {
    const { code, stderr } = await init(["--from-env"], { ...secretsAuth, MLFLOW_VAULT_TTL_SEC: seconds });
    assert.is(code, 0, stderr);
    assert.is(file().plugins.vault.cache.ttl, ttl, seconds);
    setup().delete("mlflow-auth.yaml");
  }
});

/** A plugin of somebody else, which names its environment file as ours do. */
function installAcme(environment: unknown): void {
  const manifest = {
    name: "plugin-acme",
    "entry-points": { "mlflow.request_auth_provider": { acme: "./index.js:create" } },
    "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./schema.json", environment: "./environment.json" },
  };
  const text = { type: "string" };
  const schema = {
    type: "object",
    additionalProperties: false,
    properties: {
      region: text,
      login: { type: "object", additionalProperties: false, properties: { role: text, ttl: text, team: text } },
      ready: { type: "boolean" },
    },
  };
  setup().write("package.json", JSON.stringify({ dependencies: { "plugin-acme": "*" } }));
  setup().write("node_modules/plugin-acme/package.json", JSON.stringify(manifest));
  setup().write("node_modules/plugin-acme/index.js", `throw new Error("nobody may import this");`);
  setup().write("node_modules/plugin-acme/schema.json", JSON.stringify(schema));
  const written = typeof environment === "string" ? environment : JSON.stringify(environment);
  setup().write("node_modules/plugin-acme/environment.json", written);
}

const acme = { MLFLOW_TRACKING_URI: "https://mlflow.example.com", ACME_REGION: " North ", ACME_PATH: "/a/b/c" };

test("--from-env takes over what the plugin of somebody else names", async () => {
  installAcme([
    { option: "region", variables: ["ACME_ZONE"], as: "text" },
    { option: "region", variables: ["ACME_REGION"], as: "lower-case" },
    { option: "region", variables: ["ACME_PATH"], as: "text" },
    { option: "login.team", variables: ["ACME_PATH"], as: "first-segment" },
    { option: "login.role", variables: ["ACME_PATH"], as: "other-segments" },
    { option: "login.ttl", variables: ["ACME_TTL"], as: "seconds", minimum: 5, maximum: 60, otherwise: 10 },
    { option: "ready", variables: ["ACME_REGION", "ACME_PATH"], value: true },
  ]);
  const { code, stderr } = await init(["--from-env"], { ...acme, ACME_TTL: "1", ACME_ZONE: "  " });
  assert.is(code, 0, stderr);
  const login = { team: "a", role: "b/c", ttl: "5s" };
  assert.equal(file().plugins, { acme: { region: "north", login, ready: true } });
  assert.match(stderr, "acme: from ACME_REGION, ACME_PATH, ACME_TTL\n");
});

test("a rule for a switch counts only where the switch is on, and so do its variables", async () => {
  installAcme([{ option: "ready", variables: ["ACME_READY"], switch: true, value: true }]);
  for (const [value, isOn] of [
    ["yes", true],
    ["ON", true],
    ["false", false],
    ["once", false],
  ] as const) {
    const { code, stderr } = await init(["--from-env"], { ...acme, ACME_READY: value });
    assert.is(code, 0, stderr);
    assert.equal(file().plugins.acme?.ready, isOn ? true : undefined, value);
    assert.is(stderr.includes("ACME_READY"), isOn, stderr);
    setup().delete("mlflow-auth.yaml");
  }
});

test("--from-env takes a rule where the whole text matches, and the server's address where a plugin knows it", async () => {
  installAcme([
    { option: "region", variables: ["ACME_REGION"], matches: "Nor", as: "text" },
    { option: "region", variables: ["ACME_REGION"], matches: "N(or)th", as: "lower-case" },
    { server: "https://$1.example.com/$2", variable: "MLFLOW_TRACKING_URI", matches: "acme:(\\w+)/(\\w+)" },
  ]);
  const { code, stderr } = await init(["--from-env"], { ...acme, MLFLOW_TRACKING_URI: "acme:ml/base" });
  assert.is(code, 0, stderr);
  assert.is(file().trackingUri, "https://ml.example.com/base");
  assert.equal(file().plugins, { acme: { region: "north" } });
});

test("--from-env writes a text that looks like a variable so that it stands for itself", async () => {
  installAcme([{ option: "region", variables: ["ACME_REGION"], as: "text" }]);
  const { code, stderr } = await init(["--from-env"], { ...acme, ACME_REGION: "$" + "{HOME}" });
  assert.is(code, 0, stderr);
  assert.is(file().plugins.acme.region, "$$" + "{HOME}");
});

test("without a slash in it, a path has no first segment", async () => {
  installAcme([
    { option: "login.team", variables: ["ACME_PATH"], as: "first-segment" },
    { option: "login.role", variables: ["ACME_PATH"], as: "other-segments" },
  ]);
  assert.is((await init(["--from-env"], { ...acme, ACME_PATH: "//alone" })).code, 0);
  assert.equal(file().plugins.acme, { login: { role: "alone" } });
});

const rule = { option: "region", variables: ["ACME_REGION"], as: "text" };
const wrongFiles: Readonly<Record<string, readonly [environment: unknown, told: RegExp]>> = {
  "no JSON": ["[", /is not a list of rules/],
  "a mapping": [{}, /is not a list of rules/],
  "a conversion that does not exist": [[rule, { ...rule, as: "upper-case" }], /a rule of another form, number 2/],
  "both a value and a conversion": [[{ ...rule, value: 1 }], /a rule of another form, number 1/],
  neither: [[{ option: "region", variables: ["ACME_REGION"] }], /a rule of another form, number 1/],
  "a switch that is off by itself": [
    [{ option: "ready", variables: ["ACME_REGION"], switch: false, value: true }],
    /a rule of another form, number 1/,
  ],
  "no variable": [[{ ...rule, variables: [] }], /a rule of another form, number 1/],
  "seconds without bounds": [[{ ...rule, as: "seconds" }], /a rule of another form, number 1/],
  "an option that the plugin does not have": [
    [{ ...rule, option: "zone" }],
    /sets `zone`, which is not one of its options/,
  ],
  "a credential whose text it would copy": [
    [{ ...rule, variables: ["ACME_TOKEN"] }],
    /copies the text of ACME_TOKEN, which is named like a credential/,
  ],
  "a pattern that is none": [[{ ...rule, matches: "(" }], /matches by something else than a regular expression/],
  "a pattern that goes back and forth": [
    [{ ...rule, variables: ["ACME_LONG"], matches: "(a+)+b" }],
    /has a rule that takes too long to match/,
  ],
  "an option that is no name": [[{ ...rule, option: "__proto__..x" }], /a rule of another form, number 1/],
};
for (const [what, [environment, told]] of Object.entries(wrongFiles)) {
  test(`an environment file with ${what} is PLUGIN_MANIFEST, and names the package`, async () => {
    installAcme(environment);
    const { code, stderr } = await init(["--from-env"], { ...acme, ACME_LONG: "a".repeat(60) });
    assert.is(code, 3, stderr);
    assert.match(stderr, /^PLUGIN_MANIFEST: the environment file of the package plugin-acme /);
    assert.match(stderr, told);
    assert.not(isWritten());
  });
}

test("the environment file is read by --from-env alone", async () => {
  installAcme("[");
  const { code, stderr } = await init(["--tracking-uri", "https://mlflow.example.com", "--plugin", "acme"]);
  assert.is(code, 0, stderr);
});

test.run();
