/** Files that between them use every option there is. */
import type { Given } from "./options.ts";
import type { Stage } from "./stage.ts";

export interface Trial extends Given {
  readonly name: string;
  /** The server to go to. */
  readonly uri: string;
}

export function trialsOn({ server, vault, vaultAgent, aws, tabled, descope, secure, files, logins }: Stage): Trial[] {
  const plain = server.origin;
  const { ca, cert, key, both } = files;
  const path = { path: "mlflow/auth" };
  const byToken = { method: "token", token: { env: "MY_TOKEN" } };
  const usual = { address: vault.address, auth: byToken, secret: path };
  const MY_TOKEN = logins.token;
  const trial = (name: string, uri: string, file: object, env: Record<string, string> = {}): Trial => ({
    name,
    uri,
    file: { version: 1, ...file },
    env: { MY_TOKEN, ...env },
  });
  const short = (name: string, uri: string, file: object, env?: Record<string, string>) =>
    trial(name, uri, { trackingUri: uri, ...file }, env);
  const vaultIs = (name: string, options: object, env?: Record<string, string>) =>
    short(name, plain, { plugins: { vault: { ...usual, ...options } } }, env);
  const awsIs = (name: string, options: object, env: Record<string, string> = {}) =>
    short(name, plain, { plugins: { aws: { secret: { id: "mlflow/auth" }, ...options } } }, { ...aws.env, ...env });
  const role = { arn: "arn:aws:iam::111122223333:role/reader", externalId: "team-1", sessionName: "mlflow-auth" };
  const sageMaker = "arn:aws:sagemaker:eu-central-1:111122223333:mlflow-tracking-server/team";
  const gateway = { header: "X-MLflow-Authorization" };
  const open = { auth: [], headers: [], tags: [], allowInsecure: true, anonymous: "allowed", connections: 8, gateway };
  return [
    short("an authority", secure.server, { ...open, tls: { ca, cert, key } }),
    short("a client certificate with its key in one file", secure.server, { auth: [], tls: { ca, cert: both } }),
    short("a certificate that is not verified", secure.server, {
      auth: [],
      tls: { insecureSkipVerify: true, cert: both },
    }),
    short(
      "MLflow's variables for TLS alone",
      secure.server,
      { trackingUri: "${MLFLOW_TRACKING_URI}", auth: [] },
      {
        MLFLOW_TRACKING_URI: secure.server,
        MLFLOW_TRACKING_SERVER_CERT_PATH: ca,
        MLFLOW_TRACKING_CLIENT_CERT_PATH: both,
      },
    ),
    ...["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"].map((variable) =>
      short(`${variable} in place of MLflow's`, secure.server, { auth: [], tls: { cert: both } }, { [variable]: ca }),
    ),
    short(
      "MLflow's variable against verification",
      secure.server,
      { auth: [], tls: { cert: both } },
      { MLFLOW_TRACKING_INSECURE_TLS: "true" },
    ),
    trial("several servers, each with all that it can have", secure.server, {
      $schema: ".mlflow-auth.schema.json",
      servers: [
        { uri: plain, ...open, auth: "vault" },
        { uri: secure.server, auth: ["vault"], headers: ["datadog"], tags: [], tls: { ca, cert, key } },
        { uri: "https://*.example.com", ...open, tls: { ca, cert, key, insecureSkipVerify: false } },
      ],
      plugins: { vault: usual, datadog: {} },
    }),
    short("all that an instance can have", plain, {
      auth: ["mine"],
      headers: ["keys"],
      tags: [],
      plugins: {
        mine: { plugin: "vault", package: "@mlflow-auth/plugin-vault", enabled: true, timeout: "20s", ...usual },
        keys: { plugin: "datadog", optional: true, apiKey: { env: "MY_TOKEN" }, appKey: { file: key } },
      },
    }),
    short(
      "Datadog's variables",
      plain,
      { auth: [], plugins: { datadog: { requireModelLab: true } } },
      { DD_API_KEY: "a", DD_APP_KEY: "b", DD_MODEL_LAB_ENABLED: "1" },
    ),
    vaultIs("Vault's cache, a namespace, and another header", {
      allowInsecure: true,
      namespace: "team",
      cache: { ttl: "1s", maxStale: "1h" },
      credential: { mode: "bearer", header: "X-Api-Key" },
    }),
    vaultIs("another field of an old version elsewhere", {
      secret: { mount: "team/kv", path: "mlflow/auth", version: 1, field: "other" },
    }),
    vaultIs(
      "Vault's login by AppRole",
      {
        auth: {
          method: "approle",
          roleId: logins.roleId,
          secretId: { env: "MY_SECRET_ID" },
          mount: "approle",
          wrapped: false,
        },
      },
      { MY_SECRET_ID: logins.secretId },
    ),
    vaultIs("Vault's agent, by its Unix socket", { address: vaultAgent, auth: { method: "none" } }),
    vaultIs("Vault's login by a service account", {
      auth: { method: "kubernetes", role: "trainer", jwtFile: logins.jwtFile, mount: "kubernetes" },
    }),
    vaultIs("Vault's login by a JWT", {
      auth: { method: "jwt", role: "ci", jwt: { file: logins.jwtFile }, mount: "jwt" },
    }),
    vaultIs("Vault behind TLS", {
      address: secure.vault,
      tls: { caFile: ca, certFile: cert, keyFile: key, insecureSkipVerify: false },
    }),
    awsIs("AWS with a role, another version, and all that is sent", {
      region: "eu-central-1",
      endpoint: aws.endpoint,
      allowInsecure: true,
      secret: { id: "mlflow/auth", version: "AWSPREVIOUS" },
      role,
      credential: { mode: "bearer", header: "X-Api-Key" },
      cache: { ttl: "1s", maxStale: "1h" },
    }),
    awsIs("AWS behind TLS, a profile, and a field", {
      region: "eu-central-1",
      endpoint: aws.secure,
      secret: { id: "mlflow/auth", field: "token" },
      profile: "team",
      tls: { caFile: ca },
    }),
    awsIs("AWS's variables", {}, { AWS_REGION: "eu-central-1", AWS_ENDPOINT_URL: aws.endpoint }),
    awsIs(
      "AWS's other variables",
      {},
      {
        AWS_DEFAULT_REGION: "eu-central-1",
        AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.secure,
        AWS_CA_BUNDLE: ca,
        AWS_PROFILE: "team",
      },
    ),
    short(
      "signatures by a role",
      plain,
      {
        plugins: {
          sigv4: { service: "execute-api", region: "eu-central-1", profile: "team", role, tls: { caFile: ca } },
        },
      },
      { ...aws.env, AWS_ENDPOINT_URL_STS: aws.secure },
    ),
    short("signatures for SageMaker", plain, { plugins: { sigv4: { arn: sageMaker } } }, aws.env),
    short("Hokusai, with all that it can have", plain, {
      plugins: {
        hokusai: {
          apiKey: { env: "MY_TOKEN" },
          access: "proxy",
          paths: "as-asked",
          mock: false,
          onUnavailable: "continue",
          endpoint: "https://registry.example.com/api",
        },
      },
    }),
    short(
      "Hokusai's variables",
      plain,
      { plugins: { hokusai: {} } },
      {
        HOKUSAI_API_KEY: "a",
        HOKUSAI_API_ENDPOINT: "https://registry.example.com/api",
        HOKUSAI_MOCK_MODE: "false",
        HOKUSAI_OPTIONAL_MLFLOW: "true",
      },
    ),
    short(
      "Descope by an access key, with all that it can have",
      plain,
      {
        plugins: {
          descope: {
            projectId: descope.projectId,
            accessKey: { env: "MY_ACCESS_KEY" },
            audience: "mlflow",
            adminRoles: ["admin"],
            defaultPermission: "EDIT",
            usernameClaim: "email",
            baseUrl: descope.url,
            flowId: "custom-flow",
            redirectUrl: "/mlflow",
            cookieSecure: true,
            credential: { mode: "bearer", header: "X-Session" },
            tls: { caFile: ca },
          },
        },
      },
      { MY_ACCESS_KEY: descope.accessKey },
    ),
    short(
      "Descope by tokens",
      plain,
      {
        plugins: {
          descope: {
            projectId: descope.projectId,
            baseUrl: descope.url,
            sessionToken: { env: "MY_SESSION" },
            refreshToken: { env: "MY_REFRESH_TOKEN" },
          },
        },
      },
      { MY_SESSION: descope.session({ exp: 1 }), MY_REFRESH_TOKEN: descope.refreshToken },
    ),
    short(
      "Descope's variables",
      plain,
      { plugins: { descope: {} } },
      {
        DESCOPE_PROJECT_ID: descope.projectId,
        DESCOPE_SESSION_TOKEN: descope.session(),
        DESCOPE_REFRESH_TOKEN: descope.refreshToken,
        DESCOPE_ADMIN_ROLES: "admin,superuser",
        DESCOPE_DEFAULT_PERMISSION: "MANAGE",
        DESCOPE_USERNAME_CLAIM: "email",
        DESCOPE_BASE_URL: descope.url,
        DESCOPE_FLOW_ID: "custom-flow",
        DESCOPE_REDIRECT_URL: "/mlflow",
        DESCOPE_COOKIE_SECURE: "true",
      },
    ),
    ...tabled.map(({ plugin, name, options, env }) => short(name, plain, { plugins: { [plugin]: options } }, env)),
    short(
      "Vault's variables",
      plain,
      { plugins: { vault: { address: "${VAULT_ADDR}", secret: path } } },
      {
        VAULT_ADDR: secure.vault,
        VAULT_NAMESPACE: "team",
        VAULT_CACERT: ca,
        VAULT_CLIENT_CERT: cert,
        VAULT_CLIENT_KEY: key,
        VAULT_SKIP_VERIFY: "false",
        VAULT_ROLE_ID: logins.roleId,
        VAULT_SECRET_ID: logins.secretId,
      },
    ),
  ];
}
