/** What the tests of the Python plugin assert of configuration and claims: github.com/descope/mlflow-descope-auth at 0d5ad41, tests/. */
import { fileURLToPath } from "node:url";
import { loadConfig } from "@mlflow-auth/core/internal";
import { isMlflowAuthError } from "@mlflow-auth/core/plugin";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Claims, identityOf } from "../src/identity.ts";
import { type StoredUser, userFromToken } from "../src/index.ts";

const test = suite("as the Python plugin of Descope");
/** A project in which the plugin is installed. */
const cwd = fileURLToPath(new URL("../../../test/", import.meta.url));

async function optionsBy(env: Record<string, string>): Promise<Record<string, unknown>> {
  const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { descope: {} } } as const;
  const { instances } = await loadConfig({ config: config as never, cwd, env });
  return { ...instances[0]?.options };
}

const configurations: [env: Record<string, string>, options: Record<string, unknown>][] = [
  [
    { DESCOPE_PROJECT_ID: "P2TEST123", DESCOPE_FLOW_ID: "custom-flow", DESCOPE_ADMIN_ROLES: "admin,superuser" },
    { projectId: "P2TEST123", flowId: "custom-flow", adminRoles: ["admin", "superuser"] },
  ],
  [
    { DESCOPE_PROJECT_ID: "test123" },
    {
      projectId: "test123",
      flowId: "sign-up-or-in",
      redirectUrl: "/",
      defaultPermission: "READ",
      adminRoles: ["admin", "mlflow-admin"],
    },
  ],
  [
    {
      DESCOPE_PROJECT_ID: "P2a",
      DESCOPE_ADMIN_ROLES: " a , ,b",
      DESCOPE_DEFAULT_PERMISSION: "EDIT",
      DESCOPE_USERNAME_CLAIM: "email",
      DESCOPE_BASE_URL: "https://auth.example.com",
      DESCOPE_REDIRECT_URL: "/mlflow",
      DESCOPE_COOKIE_SECURE: "true",
    },
    {
      adminRoles: ["a", "b"],
      defaultPermission: "EDIT",
      usernameClaim: "email",
      baseUrl: "https://auth.example.com",
      redirectUrl: "/mlflow",
      cookieSecure: true,
    },
  ],
];
for (const [env, expected] of configurations) {
  test(`configuration by ${Object.keys(env).join(", ")}`, async () => {
    const options = await optionsBy(env);
    assert.equal(Object.fromEntries(Object.keys(expected).map((name) => [name, options[name]])), expected);
  });
}

test("without a project the variable is named", async () => {
  try {
    await optionsBy({});
    assert.unreachable();
  } catch (thrown) {
    if (!isMlflowAuthError(thrown)) throw thrown;
    assert.is(thrown.code, "CONFIG_INVALID");
    assert.match(thrown.problems.map(({ message }) => message).join(), /DESCOPE_PROJECT_ID/);
  }
});

test("tokens by variable are secrets, named by their variable", async () => {
  const token = "x".repeat(20);
  const options = await optionsBy({
    DESCOPE_PROJECT_ID: "P2a",
    DESCOPE_SESSION_TOKEN: token,
    DESCOPE_REFRESH_TOKEN: token,
    DESCOPE_ACCESS_KEY: token,
  });
  assert.not.match(JSON.stringify(options), token);
  const origins = ["sessionToken", "refreshToken", "accessKey"].map(
    (name) => (options[name] as { origin?: string } | undefined)?.origin,
  );
  assert.equal(origins, ["the variable DESCOPE_SESSION_TOKEN", "the variable DESCOPE_REFRESH_TOKEN", undefined]);
});

const person = { sub: "test_user_id", email: "test@example.com", name: "Test User", roles: ["user"] };

test("a user's name is the subject by default", () => {
  const { username, email, name, roles, permissions } = identityOf(
    { ...person, permissions: ["mlflow:read"] },
    { usernameClaim: "sub" },
  );
  const expected = { username: "test_user_id", email: "test@example.com", name: "Test User", roles: ["user"] };
  assert.equal({ username, email, name, roles, permissions }, { ...expected, permissions: ["mlflow:read"] });
});

const users: [claims: Claims, stored: Partial<StoredUser>][] = [
  [
    { ...person, permissions: ["mlflow:read"], tenants: {} },
    {
      username: "test@example.com",
      email: "test@example.com",
      display_name: "Test User",
      is_admin: false,
      roles: ["user"],
    },
  ],
  [
    {
      sub: "admin_user_id",
      email: "admin@example.com",
      name: "Admin User",
      roles: ["admin", "user"],
      permissions: ["mlflow:manage", "mlflow:read", "mlflow:write"],
      tenants: {},
    },
    { username: "admin@example.com", is_admin: true, roles: ["admin", "user"], user_id: "admin_user_id" },
  ],
];
for (const [claims, expected] of users) {
  test(`the store of users is given ${expected.username}`, () => {
    const stored = userFromToken(claims, { usernameClaim: "email", adminRoles: ["admin", "test-admin"] });
    assert.equal({ ...stored, ...expected }, stored);
  });
}

test.run();
