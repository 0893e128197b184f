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
