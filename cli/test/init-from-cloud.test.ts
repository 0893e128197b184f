/** What `init --from-env` takes over of the variables for the secret managers of clouds, each where its plugin is installed. */
import * as assert from "uvu/assert";
import { initSuite } from "./init-fixture.js";

const { ask, file, init, renew, test } = initSuite("mlflow-auth init --from-env, in a cloud");

const common = {
  MLFLOW_TRACKING_URI: "https://mlflow.example.com",
  MLFLOW_AUTH_HEADER_NAME: "X-Auth",
};
const shared = { credential: { mode: "basic", header: "X-Auth" }, cache: { ttl: "60s" } };

const table: [plugin: string, env: Record<string, string>, options: object][] = [
  [
    "aws",
    {
      MLFLOW_SECRETS_AUTH_ENABLE: "aws-secrets-manager",
      MLFLOW_AWS_SECRET_NAME: "mlflow/auth",
      MLFLOW_AWS_SECRET_VERSION: "AWSPREVIOUS",
      MLFLOW_AWS_AUTH_MODE: "BASIC",
      MLFLOW_AWS_TTL_SEC: "60",
      AWS_REGION: "eu-central-1",
    },
    { secret: { id: "mlflow/auth", version: "AWSPREVIOUS" }, region: "${AWS_REGION}", ...shared },
  ],
  [
    "azure",
    {
      MLFLOW_SECRETS_AUTH_ENABLE_AZURE_KEY_VAULT: "on",
      MLFLOW_AZURE_KEY_VAULT_URL: "https://team.vault.azure.net",
      MLFLOW_AZURE_SECRET_NAME: "mlflow-auth",
      MLFLOW_AZURE_SECRET_VERSION: "0123456789abcdef0123456789abcdef",
      MLFLOW_AZURE_AUTH_MODE: "BASIC",
      MLFLOW_AZURE_TTL_SEC: "60",
    },
    {
      vaultUrl: "https://team.vault.azure.net",
      secret: { name: "mlflow-auth", version: "0123456789abcdef0123456789abcdef" },
      ...shared,
    },
  ],
  [
    "azure",
    {
      MLFLOW_SECRETS_AUTH_ENABLE: "azure-key-vault",
      AZURE_KEY_VAULT_URL: "https://team.vault.azure.net",
      MLFLOW_AZURE_SECRET_NAME: "mlflow-auth",
    },
    { vaultUrl: "${AZURE_KEY_VAULT_URL}", secret: { name: "mlflow-auth" }, credential: { header: "X-Auth" } },
  ],
];
for (const [plugin, given, options] of table) {
  test(`${plugin}, by ${Object.keys(given)[1]}: what stands there is taken over, and no credential`, async () => {
    renew("aws", "azure", "vault");
    const login = { AZURE_CLIENT_SECRET: `canary-${process.pid}`, AWS_SECRET_ACCESS_KEY: `canary-${process.pid}` };
    const env = { ...common, ...given, ...login };
    const { code, stdout, stderr } = await init(["--from-env"], env);
    assert.is(code, 0, stderr);
    assert.equal(file().plugins, { [plugin]: options });
    assert.not.match(stdout + stderr + JSON.stringify(file()), login.AZURE_CLIENT_SECRET);
    const judged = await ask(["validate"], env);
    assert.is(judged.code, 0, judged.stderr);
  });
}

test.run();
