/** What `init --from-env` takes over of the variables of mlflow-descope-auth. */
import * as assert from "uvu/assert";
import { initSuite } from "./init-fixture.js";

const { file, init, renew, setup, test } = initSuite("mlflow-auth init --from-env, with Descope");

const MLFLOW_TRACKING_URI = "https://mlflow.example.com";
const secrets = {
  DESCOPE_SESSION_TOKEN: `canary-session-${process.pid}`,
  DESCOPE_REFRESH_TOKEN: `canary-refresh-${process.pid}`,
  DESCOPE_ACCESS_KEY: `canary-key-${process.pid}`,
};
const { DESCOPE_ACCESS_KEY: _, ...tokens } = secrets;

const table: [what: string, env: Record<string, string>, options: object][] = [
  [
    "a session and what renews it",
    { DESCOPE_PROJECT_ID: "P2abc", ...tokens },
    {
      projectId: "${DESCOPE_PROJECT_ID}",
      sessionToken: { env: "DESCOPE_SESSION_TOKEN" },
      refreshToken: { env: "DESCOPE_REFRESH_TOKEN" },
    },
  ],
  [
    "an access key",
    { DESCOPE_PROJECT_ID: "P2abc", DESCOPE_ACCESS_KEY: secrets.DESCOPE_ACCESS_KEY },
    { projectId: "${DESCOPE_PROJECT_ID}", accessKey: { env: "DESCOPE_ACCESS_KEY" } },
  ],
  [
    "all that the old plugin read",
    {
      DESCOPE_PROJECT_ID: "P2abc",
      DESCOPE_SESSION_TOKEN: secrets.DESCOPE_SESSION_TOKEN,
      DESCOPE_ADMIN_ROLES: "admin,superuser",
      DESCOPE_DEFAULT_PERMISSION: "EDIT",
      DESCOPE_USERNAME_CLAIM: "email",
      DESCOPE_BASE_URL: "https://auth.example.com",
      DESCOPE_FLOW_ID: "custom-flow",
      DESCOPE_REDIRECT_URL: "/mlflow",
    },
    {
      projectId: "${DESCOPE_PROJECT_ID}",
      sessionToken: { env: "DESCOPE_SESSION_TOKEN" },
      adminRoles: "${DESCOPE_ADMIN_ROLES}",
      defaultPermission: "${DESCOPE_DEFAULT_PERMISSION}",
      usernameClaim: "${DESCOPE_USERNAME_CLAIM}",
      baseUrl: "${DESCOPE_BASE_URL}",
      flowId: "${DESCOPE_FLOW_ID}",
      redirectUrl: "${DESCOPE_REDIRECT_URL}",
    },
  ],
];
for (const [what, env, options] of table) {
  test(`${what}: becomes options, and no credential stands in the file`, async () => {
    renew("descope");
    const { code, stderr } = await init(["--from-env"], { MLFLOW_TRACKING_URI, ...env });
    assert.is(code, 0, stderr);
    assert.equal(file().plugins, { descope: options });
    const written = setup().read("mlflow-auth.yaml");
    for (const secret of Object.values(secrets)) assert.not.match(written + stderr, secret);
  });
}

test.run();
