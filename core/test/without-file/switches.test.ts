/** What switches something on in the environment, and what is said where that can't be followed. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { chosenPlugins } from "../../src/without-file/chosen-plugins.js";
import { ignoredSwitches, readSwitches } from "../../src/without-file/switches.js";
import { trackingServer } from "../../src/without-file/tracking-server.js";

const test = suite("the switches of the environment");

type Env = Record<string, string>;

function faultOf(act: () => unknown): MlflowAuthError {
  try {
    act();
  } catch (error) {
    return error as MlflowAuthError;
  }
  throw new Error("nothing was thrown");
}

const on = (env: Env) => chosenPlugins(readSwitches(env)).map(({ plugin }) => plugin);

const LIST = "MLFLOW_SECRETS_AUTH_ENABLE";
const AUTH = "MLFLOW_TRACKING_AUTH";
const turnsOn: readonly (readonly [env: Env, plugins: readonly string[]])[] = [
  [{ [LIST]: "vault" }, ["vault"]],
  [{ [LIST]: " azure-key-vault ,, AWS-Secrets-Manager,vault," }, ["vault", "aws", "azure"]],
  [{ [AUTH]: "mlflow_secrets_auth", [LIST]: "vault" }, ["vault"]],
  [{ [LIST]: "vault", [`${LIST}_VAULT`]: "no" }, ["vault"]],
  [{ [LIST]: "vault", [`${LIST}_AZURE_KEY_VAULT`]: "on" }, ["vault", "azure"]],
  [{ [`${LIST}_AWS_SECRETS_MANAGER`]: "1" }, ["aws"]],
  [{ [`${LIST}_VAULT`]: " TRUE " }, ["vault"]],
  [{ [`${LIST}_VAULT`]: "Yes" }, ["vault"]],
  [{ [AUTH]: "descope" }, ["descope"]],
  [{ MLFLOW_TRACKING_AWS_SIGV4: "true" }, ["sigv4"]],
  [{ HOKUSAI_MOCK_MODE: "true" }, ["hokusai"]],
  [{ HOKUSAI_OPTIONAL_MLFLOW: "1" }, ["hokusai"]],
  [{ HOKUSAI_API_KEY: "k", MLFLOW_TRACKING_URI: "https://registry.hokus.ai/api/mlflow" }, ["hokusai"]],
  [
    {
      HOKUSAI_API_KEY: "k",
      HOKUSAI_API_ENDPOINT: "http://localhost:5001/api",
      MLFLOW_TRACKING_URI: "http://localhost:5001/mlflow",
    },
    ["hokusai"],
  ],
  [{ DD_MODEL_LAB_ENABLED: "on" }, ["datadog"]],
  [{ DD_MODEL_LAB_ENABLED: "yes", [LIST]: "vault" }, ["vault", "datadog"]],
  [{ MLFLOW_AUTH_PLUGINS: "datadog, acme ,datadog" }, ["datadog", "acme"]],
  // Ours stands for all others.
  [{ MLFLOW_AUTH_PLUGINS: "datadog", [LIST]: "vault", [AUTH]: "descope" }, ["datadog"]],
  [{ MLFLOW_AUTH_PLUGINS: "descope,vault" }, ["descope", "vault"]],
];
for (const [env, plugins] of turnsOn) {
  test(`${JSON.stringify(env)} switches on ${plugins.join(", ")}`, () => {
    assert.equal(on(env), plugins);
  });
}

const turnsNothingOn: readonly Env[] = [
  {},
  { [LIST]: "", [`${LIST}_VAULT`]: "" },
  { [LIST]: " , " },
  { [`${LIST}_VAULT`]: "no" },
  { [`${LIST}_VAULT`]: "truely" },
  { [`${LIST}_VAULT`]: "0" },
  { MLFLOW_AUTH_PLUGINS: " , " },
  { [AUTH]: "" },
  { [AUTH]: "somebody_elses" },
  // What exec puts there for the programs that it runs.
  { [AUTH]: "mlflow-auth" },
  { MLFLOW_TRACKING_TOKEN: "t" },
  { MLFLOW_TRACKING_USERNAME: "u", MLFLOW_TRACKING_PASSWORD: "p" },
  { MLFLOW_TRACKING_AWS_SIGV4: "false" },
  { HOKUSAI_API_KEY: "k" },
  // It is not for the server of somebody else.
  { HOKUSAI_API_KEY: "k", MLFLOW_TRACKING_URI: "https://mlflow.example.com" },
  { HOKUSAI_API_KEY: "k", MLFLOW_TRACKING_URI: "https://registry.hokus.ai.example.com/api/mlflow" },
  { HOKUSAI_API_KEY: "k", MLFLOW_TRACKING_URI: "http://registry.hokus.ai/api/mlflow" },
  { HOKUSAI_API_KEY: "k", MLFLOW_TRACKING_URI: "file:///x", HOKUSAI_API_ENDPOINT: "file:///y" },
  { HOKUSAI_API_KEY: " ", MLFLOW_TRACKING_URI: "https://registry.hokus.ai/api/mlflow" },
  { DD_API_KEY: "k", DD_APP_KEY: "k" },
  { DD_API_KEY: "k", DD_MODEL_LAB_ENABLED: "false" },
  { VAULT_ADDR: "https://vault.example.com", VAULT_TOKEN: "t", MLFLOW_VAULT_SECRET_PATH: "a/b" },
];
for (const env of turnsNothingOn) {
  test(`${JSON.stringify(env)} switches nothing on`, () => {
    const { on, variables } = readSwitches(env);
    assert.equal([on, variables], [[], []]);
  });
}

test("a name that no store has is told, and what else is listed counts", () => {
  const switched = readSwitches({ [LIST]: "vault,azure-keyvault" });
  assert.equal(
    switched.on.map(({ plugin }) => plugin),
    ["vault"],
  );
  assert.is(switched.unknown?.meant, "azure-key-vault");
  // Alone it is still a switch: who misspelt the only store must hear of it.
  assert.equal(readSwitches({ [LIST]: "azure-keyvault" }).variables, [LIST]);
});

test("where nothing says what is switched on, the error says how to", () => {
  const alone = faultOf(() => on({ [AUTH]: "mlflow_secrets_auth" }));
  assert.is(alone.code, "ENVIRONMENT_INVALID");
  assert.match(alone.message, "MLFLOW_TRACKING_AUTH switches on mlflow-secrets-auth, and nothing says which");
  assert.match(alone.remedy ?? "", LIST);
  const value = ["hush", "hush"].join("-");
  const unknown = faultOf(() => on({ [LIST]: value }));
  assert.is(unknown.code, "ENVIRONMENT_INVALID");
  assert.not.match(`${unknown.message} ${unknown.remedy}`, value);
  assert.match(unknown.remedy ?? "", "vault, aws-secrets-manager, azure-key-vault");
});

test("what is no name of a plugin is not repeated", () => {
  for (const value of ["hush hush", "a".repeat(41), "../x", "__proto__", "vault;datadog"]) {
    const { code, message, remedy } = faultOf(() => on({ MLFLOW_AUTH_PLUGINS: `vault,${value}` }));
    assert.is(code, "ENVIRONMENT_INVALID");
    assert.not.match(`${message} ${remedy}`, value);
  }
});

test("off is what has a switch that says so, and not what shares a variable with others", () => {
  const off = (env: Env) => readSwitches(env).off;
  assert.equal(off({ [`${LIST}_VAULT`]: "no" }), ["vault", "aws", "azure"]);
  assert.equal(off({ DD_MODEL_LAB_ENABLED: "0" }), ["datadog"]);
  assert.equal(off({ [AUTH]: "mlflow-auth", MLFLOW_TRACKING_URI: "https://a.example.com", HOKUSAI_API_KEY: "k" }), []);
});

test("several systems that would authenticate are told with their switches, and how to choose", () => {
  const everything = {
    ...{ [AUTH]: "descope", [LIST]: "vault,aws-secrets-manager", MLFLOW_TRACKING_AWS_SIGV4: "true" },
    ...{ HOKUSAI_MOCK_MODE: "1", DD_MODEL_LAB_ENABLED: "1" },
  };
  const { code, message, remedy } = faultOf(() => on(everything));
  assert.is(code, "AUTH_AMBIGUOUS");
  for (const name of Object.keys(everything)) {
    if (name !== "DD_MODEL_LAB_ENABLED") assert.match(message, name);
  }
  assert.match(remedy ?? "", "MLFLOW_AUTH_PLUGINS=vault,aws,datadog");
});

test("beside a file, what nobody follows is named, and not what the plugin or MLflow's client reads", () => {
  const env = { [LIST]: "vault", [AUTH]: "mlflow_secrets_auth", DD_MODEL_LAB_ENABLED: "1", MLFLOW_AUTH_PLUGINS: "" };
  assert.equal(ignoredSwitches(env, new Set(["vault"])), [AUTH, LIST, "DD_MODEL_LAB_ENABLED"]);
  assert.equal(ignoredSwitches(env, new Set(["vault", "datadog"])), [AUTH, LIST]);
  assert.equal(ignoredSwitches({ MLFLOW_TRACKING_AWS_SIGV4: "true", [AUTH]: "mlflow-auth" }, new Set()), []);
  assert.equal(ignoredSwitches({ MLFLOW_AUTH_PLUGINS: "vault" }, new Set()), ["MLFLOW_AUTH_PLUGINS"]);
});

const server = (env: Env) => trackingServer(env, [LIST]);
const URI = "MLFLOW_TRACKING_URI";

test("the server is that of MLFLOW_TRACKING_URI", () => {
  const uri = "https://mlflow.example.com:8443/base/";
  assert.equal(server({ [URI]: uri }), { trackingUri: uri, allowInsecure: false });
  assert.equal(server({ [URI]: "http://127.0.0.1:5000" }).allowInsecure, false);
  const insecure = { [URI]: "http://mlflow.example.com", MLFLOW_AUTH_ALLOW_INSECURE: "1" };
  assert.is(server(insecure).allowInsecure, true);
});

const secret = ["hush", "hush"].join("-");
const wrong: readonly (readonly [what: string, env: Env, code: string, told: RegExp])[] = [
  ["none", {}, "ENVIRONMENT_INVALID", /MLFLOW_SECRETS_AUTH_ENABLE switches credentials on, and MLFLOW_TRACKING_URI/],
  ["a blank one", { [URI]: "  " }, "ENVIRONMENT_INVALID", /does not say which server/],
  ["a folder", { [URI]: "./mlruns" }, "SERVER_URI", /^MLFLOW_TRACKING_URI: the address must be absolute/],
  ["a password in it", { [URI]: `https://u:${secret}@a.example.com` }, "SERVER_URI", /must not hold a user/],
  ["a wildcard", { [URI]: "https://*.example.com" }, "SERVER_URI", /must name one host/],
  ["plain http", { [URI]: "http://a.example.com" }, "SERVER_CLEARTEXT", /^MLFLOW_TRACKING_URI is plain http/],
  [
    "plain http, and no yes",
    { [URI]: "http://a.example.com", MLFLOW_AUTH_ALLOW_INSECURE: "0" },
    "SERVER_CLEARTEXT",
    /plain http/,
  ],
  [
    "a host that the list leaves out",
    { [URI]: "https://a.example.com", MLFLOW_SECRETS_ALLOWED_HOSTS: "*.other.com" },
    "ENVIRONMENT_INVALID",
    /^MLFLOW_SECRETS_ALLOWED_HOSTS does not allow a\.example\.com, the host of MLFLOW_TRACKING_URI/,
  ],
];
for (const [what, env, code, told] of wrong) {
  test(`a server address that can't be used is told by its variable, and not repeated: ${what}`, () => {
    const error = faultOf(() => server(env));
    assert.is(error.code, code);
    assert.match(error.message, told);
    assert.ok(error.remedy);
    assert.not.match(`${error.message} ${error.remedy}`, secret);
  });
}

test("within exec, the server is the one behind its proxy, whatever else the variable of the bridge holds", () => {
  const proxy = "http://127.0.0.1:5000/token";
  const bridge = (text: string) => server({ [URI]: proxy, _MLFLOW_AUTH_BRIDGE: text }).trackingUri;
  const real = "https://mlflow.example.com";
  assert.is(bridge(JSON.stringify({ addresses: { [URI]: { proxy, real } } })), real);
  for (const text of [
    "{",
    "null",
    "{}",
    JSON.stringify({ addresses: { [URI]: { proxy: `${proxy}x`, real } } }),
    JSON.stringify({ addresses: { [URI]: { proxy, real: 1 } } }),
  ])
    assert.is(bridge(text), proxy, text);
});

test.run();
