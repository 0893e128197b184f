/** The environment in place of a file, loaded as every way in loads it, with the plugins of this project installed. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { formatError, type MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { write } from "../discovery/plugin-packages.ts";
import { projectWith } from "./real-plugins.ts";

const test = suite("the environment in place of a file");
const folder = projectWith("vault", "aws", "azure", "datadog");
type Env = Record<string, string>;
const load = (env: Env, cwd = folder) => loadConfig({ cwd, env });

async function told(env: Env, cwd = folder): Promise<string> {
  try {
    await load(env, cwd);
  } catch (error) {
    return formatError(error as MlflowAuthError);
  }
  throw new Error("it is valid");
}

const server = { MLFLOW_TRACKING_URI: "https://mlflow.example.com/base" };
const vault = {
  ...server,
  MLFLOW_SECRETS_AUTH_ENABLE: "vault",
  VAULT_ADDR: "https://vault.example.com:8200",
  MLFLOW_VAULT_SECRET_PATH: "secret/mlflow/auth",
  VAULT_TOKEN: `canary-${process.pid}`,
};

test("it is one server with what is switched on, and says of which variables it is made", async () => {
  const { servers, instances, environment, file, warnings } = await load({
    ...vault,
    DD_API_KEY: "k",
    DD_MODEL_LAB_ENABLED: "1",
  });
  assert.is(file, undefined);
  assert.equal(
    servers.map(({ uri, auth, headers, tags, allowInsecure }) => ({ uri, auth, headers, tags, allowInsecure })),
    [{ uri: server.MLFLOW_TRACKING_URI, auth: ["vault"], headers: ["datadog"], tags: [], allowInsecure: false }],
  );
  assert.equal(environment, [
    ...["MLFLOW_SECRETS_AUTH_ENABLE", "DD_MODEL_LAB_ENABLED", "MLFLOW_TRACKING_URI"],
    ...["VAULT_ADDR", "MLFLOW_VAULT_SECRET_PATH", "VAULT_TOKEN", "DD_API_KEY"],
  ]);
  assert.equal(instances[0]?.secretVariables.named, ["VAULT_TOKEN"]);
  assert.equal(warnings, []);
});

test("of several secret stores, vault is asked first, then aws, then azure", async () => {
  const { servers } = await load({
    ...vault,
    MLFLOW_SECRETS_AUTH_ENABLE: "azure-key-vault,aws-secrets-manager,vault",
    MLFLOW_AWS_SECRET_ID: "a",
    AZURE_KEY_VAULT_URL: "https://team.vault.azure.net",
    MLFLOW_AZURE_SECRET_NAME: "a",
  });
  assert.equal(servers[0]?.auth, ["vault", "aws", "azure"]);
});

test("those that MLFLOW_AUTH_PLUGINS names are asked in its order, whatever else is switched on", async () => {
  const env = {
    ...vault,
    MLFLOW_AUTH_PLUGINS: "aws,vault",
    MLFLOW_TRACKING_AUTH: "descope",
    MLFLOW_AWS_SECRET_ID: "a",
  };
  assert.equal((await load(env)).servers[0]?.auth, ["aws", "vault"]);
});

/** Where docs and code of an older system differ, either name counts. */
const spellings: readonly (readonly [plugin: string, env: Env, at: string, value: unknown])[] = [
  ["vault", { MLFLOW_VAULT_SECRET_PATH: "secret/data/mlflow/auth" }, "secret.path", "data/mlflow/auth"],
  ["vault", { MLFLOW_VAULT_AUTH_MODE: "BASIC" }, "credential.mode", "basic"],
  ["vault", { MLFLOW_VAULT_TTL_SEC: "0" }, "cache.ttl", 1_000],
  ["vault", { MLFLOW_VAULT_TTL_SEC: "-1" }, "cache.ttl", 300_000],
  ["vault", { MLFLOW_VAULT_TTL_SEC: "abc" }, "cache.ttl", 300_000],
  ["vault", { MLFLOW_VAULT_TTL_SEC: "  " }, "cache.ttl", 300_000],
  ["vault", { MLFLOW_AUTH_HEADER_NAME: "X-Auth" }, "credential.header", "X-Auth"],
  ["aws", { MLFLOW_AWS_SECRET_ID: "code" }, "secret.id", "code"],
  ["aws", { MLFLOW_AWS_SECRET_NAME: "docs" }, "secret.id", "docs"],
  ["aws", { MLFLOW_AWS_SECRET_ID: "code", MLFLOW_AWS_SECRET_NAME: "docs" }, "secret.id", "code"],
  ["aws", { MLFLOW_AWS_SECRET_ID: " ", MLFLOW_AWS_SECRET_NAME: "docs" }, "secret.id", "docs"],
  ["aws", { MLFLOW_AWS_SECRET_ID: "a", MLFLOW_AWS_SECRET_VERSION: "AWSPENDING" }, "secret.version", "AWSPENDING"],
  ["azure", { AZURE_KEY_VAULT_URL: "https://code.vault.azure.net" }, "vaultUrl", "https://code.vault.azure.net"],
  ["azure", { MLFLOW_AZURE_KEY_VAULT_URL: "https://docs.vault.azure.net" }, "vaultUrl", "https://docs.vault.azure.net"],
];
for (const [plugin, env, at, value] of spellings) {
  test(`${plugin}: ${JSON.stringify(env)} is ${at}`, async () => {
    const name = { vault: "vault", aws: "aws-secrets-manager", azure: "azure-key-vault" }[plugin] ?? "";
    const { instances } = await load({
      ...vault,
      MLFLOW_AZURE_SECRET_NAME: "a",
      ...env,
      MLFLOW_SECRETS_AUTH_ENABLE: name,
    });
    const found = at
      .split(".")
      .reduce((options, key) => (options as Env)[key] as never, instances[0]?.options as unknown);
    assert.equal(found, value);
  });
}

const faults: readonly (readonly [what: string, env: Env, told: RegExp])[] = [
  [
    "a wrong value",
    { MLFLOW_VAULT_AUTH_MODE: "oauth" },
    /^MLFLOW_VAULT_AUTH_MODE {2}WRONG_VALUE {2}`plugins\.vault\.credential\.mode` must be/,
  ],
  [
    "a wrong value of the vendor's own",
    { VAULT_ADDR: "vault" },
    /^VAULT_ADDR {2}WRONG_VALUE .*which the variable VAULT_ADDR fills/,
  ],
  [
    "a missing option",
    { MLFLOW_VAULT_SECRET_PATH: " " },
    /^MLFLOW_VAULT_SECRET_PATH {2}MISSING_FIELD .*: set MLFLOW_VAULT_SECRET_PATH$/,
  ],
  [
    "a missing option with two spellings",
    { MLFLOW_SECRETS_AUTH_ENABLE: "aws-secrets-manager" },
    /^MLFLOW_AWS_SECRET_ID or MLFLOW_AWS_SECRET_NAME {2}MISSING_FIELD .*: set MLFLOW_AWS_SECRET_ID or MLFLOW_AWS_SECRET_NAME$/,
  ],
];
for (const [what, env, pattern] of faults) {
  test(`problems name variables: ${what}`, async () => {
    const text = await told({ ...vault, ...env });
    assert.match(text, pattern);
    assert.not.match(text, vault.VAULT_TOKEN);
  });
}

test("all that is not installed is named in one go, with one command", async () => {
  const env = { ...vault, MLFLOW_SECRETS_AUTH_ENABLE: "vault,azure-key-vault", DD_MODEL_LAB_ENABLED: "1" };
  const text = await told(env, projectWith("vault"));
  assert.match(text, /azure \(by MLFLOW_SECRETS_AUTH_ENABLE\), datadog \(by DD_MODEL_LAB_ENABLED\)/);
  assert.match(text, "npm install @mlflow-auth/plugin-azure @mlflow-auth/plugin-datadog");
});

test("a plugin of nobody known is named with the variable that wants it", async () => {
  assert.match(
    await told({ ...server, MLFLOW_AUTH_PLUGINS: "acme" }),
    /^PLUGIN_NOT_INSTALLED: acme, which MLFLOW_AUTH_PLUGINS/,
  );
});

const everything = {
  ...vault,
  ...{ MLFLOW_TRACKING_AUTH: "descope", MLFLOW_TRACKING_AWS_SIGV4: "true", DD_MODEL_LAB_ENABLED: "1", DD_API_KEY: "k" },
  ...{ MLFLOW_SECRETS_AUTH_ENABLE: "vault,aws-secrets-manager,azure-key-vault", MLFLOW_AWS_SECRET_ID: "a" },
  ...{ AZURE_KEY_VAULT_URL: "https://team.vault.azure.net", MLFLOW_AZURE_SECRET_NAME: "a", DD_APP_KEY: "k" },
  ...{ DESCOPE_PROJECT_ID: "P2abc", DESCOPE_SESSION_TOKEN: "t", HOKUSAI_API_KEY: "k", HOKUSAI_MOCK_MODE: "true" },
  ...{ MLFLOW_TRACKING_TOKEN: "t", MLFLOW_TRACKING_USERNAME: "u", AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "k" },
};

test("a machine that has the variables of all systems is told how to choose, whatever is installed", async () => {
  const all = projectWith("vault", "aws", "azure", "datadog", "descope", "hokusai");
  for (const place of [all, projectWith("vault"), projectWith()]) {
    const text = await told(everything, place);
    assert.match(text, /^AUTH_AMBIGUOUS: .*mlflow-secrets-auth \(.*Descope \(.*AWS SigV4 \(.*Hokusai \(/);
    assert.match(text, "MLFLOW_AUTH_PLUGINS=vault,aws,azure,datadog");
  }
  const chosen = async (plugins: string) =>
    (await load({ ...everything, MLFLOW_AUTH_PLUGINS: plugins }, all)).servers[0];
  assert.equal((await chosen("vault,datadog"))?.auth, ["vault"]);
  const { auth, headers, tags } = (await chosen("descope")) ?? {};
  assert.equal([auth, headers, tags], [["descope"], ["descope"], ["descope"]]);
});

test("without a switch there is no configuration, and a file that is named or broken is never passed over", async () => {
  const { MLFLOW_SECRETS_AUTH_ENABLE: _, ...switchedOff } = vault;
  assert.match(await told(switchedOff), /^CONFIG_NOT_FOUND/);
  assert.match(await told({ ...vault, MLFLOW_AUTH_CONFIG: "none.yaml" }), /^CONFIG_NOT_FOUND: .*none\.yaml/);
  const broken = projectWith("vault");
  write(broken, { "mlflow-auth.yaml": "" });
  assert.match(await told(vault, broken), /^CONFIG_UNREADABLE/);
});

test("beside a file the switches do nothing, with one warning that names them", async () => {
  const own = projectWith("vault");
  write(own, { "mlflow-auth.yaml": "version: 1\ntrackingUri: https://other.example.com\n" });
  const { servers, environment, warnings } = await load({ ...vault, MLFLOW_TRACKING_AUTH: "mlflow_secrets_auth" }, own);
  assert.equal([servers[0]?.uri, servers[0]?.auth, environment], ["https://other.example.com", [], undefined]);
  assert.equal(
    warnings.map(({ code }) => code),
    ["SWITCH_IGNORED"],
  );
  assert.match(
    warnings[0]?.message ?? "",
    "MLFLOW_TRACKING_AUTH, MLFLOW_SECRETS_AUTH_ENABLE of the environment switch nothing on",
  );
});

const followedByNobody: readonly Env[] = [
  { MLFLOW_AUTH_PLUGINS: "vault" },
  { MLFLOW_TRACKING_AUTH: "descope" },
  { MLFLOW_SECRETS_AUTH_ENABLE: "vault" },
  { MLFLOW_SECRETS_AUTH_ENABLE_AZURE_KEY_VAULT: "1" },
  { HOKUSAI_MOCK_MODE: "true" },
  { HOKUSAI_OPTIONAL_MLFLOW: "1" },
  { HOKUSAI_API_KEY: "k", MLFLOW_TRACKING_URI: "https://registry.hokus.ai/api/mlflow" },
  { DD_MODEL_LAB_ENABLED: "1" },
];
for (const env of followedByNobody) {
  const [name = ""] = Object.keys(env);
  test(`beside a file that does not use its plugin, ${name} is told although it is the only switch`, async () => {
    const own = projectWith();
    write(own, { "mlflow-auth.yaml": "version: 1\ntrackingUri: https://other.example.com\n" });
    const { warnings } = await load(env, own);
    assert.match(warnings[0]?.message ?? "", `${name} of the environment switches nothing on`);
  });
}

test("what a store is not known by is a warning where another one is listed", async () => {
  const { warnings } = await load({ ...vault, MLFLOW_SECRETS_AUTH_ENABLE: "vault,azure-keyvault" });
  assert.match(warnings[0]?.message ?? "", "did you mean azure-key-vault?");
});

test("an ARN beside another system's switch is as ambiguous as any", async () => {
  const arn = "arn:aws:sagemaker:eu-central-1:111122223333:mlflow-app/a";
  assert.match(await told({ ...vault, MLFLOW_TRACKING_URI: arn }), /^AUTH_AMBIGUOUS: .*MLFLOW_TRACKING_URI/);
});

test.run();
