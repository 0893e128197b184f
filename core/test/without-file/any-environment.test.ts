/** Whatever the environment holds, there is a configuration or one of our errors, and no value of it is repeated. */
import { suite } from "@mlflow-auth/test/suite";
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { formatError, formatProblem, isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { projectWith } from "./real-plugins.ts";

const test = suite("any environment");

const folder = projectWith("vault", "aws", "azure", "datadog", "descope", "hokusai");

const names =
  `MLFLOW_TRACKING_URI MLFLOW_TRACKING_AUTH MLFLOW_AUTH_PLUGINS MLFLOW_SECRETS_AUTH_ENABLE MLFLOW_SECRETS_AUTH_ENABLE_VAULT
  MLFLOW_SECRETS_AUTH_ENABLE_AWS_SECRETS_MANAGER MLFLOW_SECRETS_AUTH_ENABLE_AZURE_KEY_VAULT MLFLOW_SECRETS_ALLOWED_HOSTS
  MLFLOW_AUTH_HEADER_NAME MLFLOW_AUTH_ALLOW_INSECURE VAULT_ADDR VAULT_TOKEN VAULT_ROLE_ID VAULT_SECRET_ID VAULT_SKIP_VERIFY
  MLFLOW_VAULT_SECRET_PATH MLFLOW_VAULT_AUTH_MODE MLFLOW_VAULT_TTL_SEC AWS_REGION AWS_PROFILE MLFLOW_AWS_SECRET_ID
  MLFLOW_AWS_SECRET_NAME MLFLOW_AWS_SECRET_VERSION MLFLOW_AWS_AUTH_MODE MLFLOW_AWS_TTL_SEC AZURE_KEY_VAULT_URL
  MLFLOW_AZURE_KEY_VAULT_URL MLFLOW_AZURE_SECRET_NAME MLFLOW_AZURE_SECRET_VERSION DD_API_KEY DD_APP_KEY DD_MODEL_LAB_ENABLED
  DESCOPE_PROJECT_ID DESCOPE_SESSION_TOKEN DESCOPE_ADMIN_ROLES DESCOPE_DEFAULT_PERMISSION DESCOPE_USERNAME_CLAIM DESCOPE_BASE_URL
  HOKUSAI_API_KEY HOKUSAI_API_ENDPOINT HOKUSAI_MOCK_MODE HOKUSAI_OPTIONAL_MLFLOW MLFLOW_TRACKING_AWS_SIGV4 _MLFLOW_AUTH_BRIDGE`.split(
    /\s+/,
  );

/** Like no name: what could be one of a plugin has to be named as not installed. */
const canary = `can=ary${process.pid}`;
const value = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "true",
    "no",
    "1",
    "0",
    "-1",
    "vault",
    "vault,aws-secrets-manager",
    "descope",
    "datadog",
    "basic",
  ),
  fc.constantFrom(
    "https://mlflow.example.com",
    "http://mlflow.example.com",
    "https://registry.hokus.ai/api",
    "arn:aws:x",
    "${HOME}",
  ),
  fc.constantFrom(
    canary,
    `https://u:${canary}@example.com`,
    `vault,${canary}`,
    `${canary}/${canary}`,
    `$${"{"}${canary}`,
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const environment = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 14 });
/** Most of those lack a server, and end there: here is one that works, with a few variables changed. */
const complete = {
  MLFLOW_TRACKING_URI: "https://mlflow.example.com",
  ...{ MLFLOW_SECRETS_AUTH_ENABLE: "vault", VAULT_ADDR: "https://vault.example.com", MLFLOW_VAULT_SECRET_PATH: "a/b" },
};
const likely = fc
  .dictionary(fc.constantFrom(...names), value, { maxKeys: 3 })
  .map((env) => ({ ...complete, VAULT_TOKEN: canary, ...env }));

test("gives a configuration for one server, or an error that repeats nothing", async () => {
  let valid = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(environment, likely), async (env) => {
      try {
        const { servers, warnings } = await loadConfig({ cwd: folder, env });
        assert.is(servers.length, 1);
        assert.not.match(warnings.map(formatProblem).join("\n"), canary);
        valid++;
      } catch (error) {
        if (!isMlflowAuthError(error)) throw error;
        assert.not.match(`${formatError(error)}${error.message}${error.remedy}`, canary);
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(valid > 20, `${valid} were valid`);
});

test.run();
