/** What a session says of its user, and what requests and runs are told of it. */
import { isMlflowAuthError } from "@mlflow-auth/core/plugin";
import { testContext } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Claims, identityOf } from "../src/identity.ts";
import { identityHeaders } from "../src/identity-headers.ts";
import { permissionLevel, userFromToken } from "../src/index.ts";
import { runTags } from "../src/run-tags.ts";

const test = suite("the user of a session of Descope");
const context = testContext({ instance: "descope" });
const claims: Claims = {
  sub: "U2ann",
  email: "ann@example.com",
  name: "Ann Example",
  roles: ["editor", "viewer"],
  permissions: ["mlflow:read", "mlflow:edit"],
  tenants: { T2a: { roles: ["admin"] }, T2b: {} },
};
const of = (given: Claims, usernameClaim = "sub") => identityOf(given, { usernameClaim });

test("all seven tags and six headers are given", () => {
  assert.equal(runTags(of(claims)), {
    "descope.user_id": "U2ann",
    "descope.username": "U2ann",
    "descope.email": "ann@example.com",
    "descope.name": "Ann Example",
    "descope.roles": "editor,viewer",
    "descope.permissions": "mlflow:read,mlflow:edit",
    "descope.tenants": "T2a,T2b",
  });
  assert.equal(identityHeaders(of(claims), context), {
    "X-Descope-User-ID": "U2ann",
    "X-Descope-Username": "U2ann",
    "X-Descope-Email": "ann@example.com",
    "X-Descope-Roles": "editor,viewer",
    "X-Descope-Permissions": "mlflow:read,mlflow:edit",
    "X-Descope-Tenants": "T2a,T2b",
  });
});

test("what the session does not say is left out", () => {
  const machine = of({ sub: "K2job" });
  assert.equal(runTags(machine), { "descope.user_id": "K2job", "descope.username": "K2job" });
  assert.equal(identityHeaders(machine, context), { "X-Descope-User-ID": "K2job", "X-Descope-Username": "K2job" });
});

test("the username is the claim that the options name, else email, else sub", () => {
  assert.is(of(claims, "email").username, "ann@example.com");
  assert.is(of(claims, "name").username, "Ann Example");
  assert.is(of(claims, "nickname").username, "ann@example.com");
  assert.is(of({ sub: "U2ann" }, "email").username, "U2ann");
  assert.is(of({ sub: "U2ann", email: 7 }, "constructor").username, "U2ann");
});

test("claims of another type count as not there", () => {
  const odd = of({ sub: ["U2"], email: {}, roles: "admin", permissions: ["a", 7, null, "", "a"], tenants: ["T2a"] });
  assert.equal(odd, { userId: "", username: "", email: "", name: "", roles: [], permissions: ["a"], tenants: [] });
});

for (const [what, value, header] of [
  ["beyond ASCII", "Änne 漢字 🙂", "%C3%84nne %E6%BC%A2%E5%AD%97 %F0%9F%99%82"],
  ["a percent sign", "100% Ä %41", "100%25 %C3%84 %2541"],
] as const) {
  test(`a header's value with ${what} is percent-encoded, and decodes to the very text`, () => {
    const headers = identityHeaders(of({ sub: value, roles: [value] }), context);
    assert.equal(headers, { "X-Descope-User-ID": header, "X-Descope-Username": header, "X-Descope-Roles": header });
    assert.is(decodeURIComponent(String(headers["X-Descope-User-ID"])), value);
  });
}

test("white space around a name or a role is kept, so that neither passes for another's", () => {
  const { userId, roles, tenants } = of({ sub: " ann ", roles: [" admin", "admin  "], tenants: { "": {}, " T2": {} } });
  assert.equal([userId, roles, tenants], [" ann ", [" admin", "admin  "], [" T2"]]);
  const headers = identityHeaders(of({ sub: " ann ", roles: [" admin", "a b", "admin  "] }), context);
  assert.is(headers["X-Descope-User-ID"], "%20ann%20");
  assert.is(headers["X-Descope-Roles"], "%20admin,a b,admin%20%20");
  for (const text of ["\n", "\r", "\t", "\0"]) {
    for (const sub of [`ann${text}`, `${text}ann`]) {
      assert.throws(() => identityHeaders(of({ sub }), context), /a claim for the header X-Descope-User-ID/);
    }
  }
});

test("claims that are not the token's own count as not there", () => {
  const inherited = Object.create({ sub: "root", roles: ["admin"], tenants: { T2a: {} } });
  assert.equal(of(inherited), {
    userId: "",
    username: "",
    email: "",
    name: "",
    roles: [],
    permissions: [],
    tenants: [],
  });
});

test("an item with a comma does not pass for two", () => {
  const headers = identityHeaders(of({ sub: "a,b", roles: ["viewer,admin", "editor"] }), context);
  assert.is(headers["X-Descope-Roles"], "viewer%2Cadmin,editor");
  assert.is(headers["X-Descope-User-ID"], "a,b");
});

for (const [what, text] of Object.entries({
  CR: "\r",
  LF: "\n",
  NUL: "\0",
  "a tab": "\t",
  DEL: "\x7f",
  "a control character of Latin-1": "\x85",
  "half of a surrogate pair": "\ud800",
})) {
  test(`a claim with ${what} in it makes no header`, () => {
    try {
      identityHeaders(of({ sub: `a${text}b` }), context);
      assert.unreachable();
    } catch (thrown) {
      if (!isMlflowAuthError(thrown)) throw thrown;
      assert.is(thrown.code, "HEADER_INVALID");
      assert.match(thrown.message, /^a claim for the header X-Descope-User-ID holds characters/);
      assert.match(thrown.remedy ?? "", /^take the control character/);
    }
  });
}

const adminRoles = ["admin", "mlflow-admin"];
for (const [roles, permissions, level] of [
  [["admin"], [], "MANAGE"],
  [["mlflow-admin"], ["mlflow:read"], "MANAGE"],
  [[], ["mlflow:manage"], "MANAGE"],
  [["mlflow-viewer"], ["mlflow:read", "mlflow:manage"], "MANAGE"],
  [[], ["mlflow:edit"], "EDIT"],
  [[], ["mlflow:read", "mlflow:write"], "EDIT"],
  [["mlflow-manager"], ["mlflow:read"], "READ"],
  [["mlflow-viewer", "mlflow-manager"], [], "MANAGE"],
  [["mlflow-editor"], ["other"], "EDIT"],
  [["mlflow-viewer"], [], "READ"],
  [["Admin"], [], "EDIT"],
  [[], [], "EDIT"],
] as const) {
  test(`permission level of roles [${roles}] and permissions [${permissions}]`, () => {
    const byDefault = level === "EDIT" && !permissions.some((one) => one.startsWith("mlflow:")) ? "EDIT" : "READ";
    const options = { adminRoles, defaultPermission: byDefault } as const;
    assert.is(permissionLevel({ roles, permissions }, options), level);
  });
}

test("a user as a store keeps one", () => {
  assert.equal(userFromToken(claims, { usernameClaim: "email", adminRoles: ["viewer"] }), {
    username: "ann@example.com",
    email: "ann@example.com",
    display_name: "Ann Example",
    is_admin: true,
    roles: ["editor", "viewer"],
    permissions: ["mlflow:read", "mlflow:edit"],
    user_id: "U2ann",
  });
  const { username, display_name, is_admin } = userFromToken({ sub: "K2job" });
  assert.equal([username, display_name, is_admin], ["K2job", "K2job", false]);
});

const token = ["e30", "e30", "c2ln"].join(".");
for (const given of [
  undefined,
  null,
  7,
  token,
  [],
  {},
  { sub: " " },
  { roles: ["admin"] },
  Object.create({ sub: "U2" }),
]) {
  test(`what names nobody makes no user of a store: ${JSON.stringify(given)?.replace(token, "a token")}`, () => {
    const { code, message, remedy } = usageFault(() => userFromToken(given));
    assert.is(code, "USAGE");
    assert.match(message, /^userFromToken was given (no claims|claims that name nobody)$/);
    assert.match(remedy ?? "", /validated/);
  });
}

test("a text in place of a list makes nobody an administrator and grants no level", () => {
  const min = { sub: "U2", roles: ["min"] };
  const options = { adminRoles, defaultPermission: "READ" } as const;
  for (const [name, ask] of [
    ["adminRoles", () => userFromToken(min, { adminRoles: "admin,mlflow-admin" as never })],
    [
      "adminRoles",
      () => permissionLevel({ roles: ["min"], permissions: [] }, { ...options, adminRoles: "admin" as never }),
    ],
    ["roles", () => permissionLevel({ roles: "mlflow-manager" as never, permissions: [] }, options)],
    ["permissions", () => permissionLevel({ roles: [], permissions: "no-mlflow:manage" as never }, options)],
    ["permissions", () => permissionLevel({ roles: [] } as never, options)],
  ] as const) {
    const { code, message } = usageFault(ask);
    assert.equal([code, message], ["USAGE", `${name} is no list`]);
  }
});

function usageFault(ask: () => unknown) {
  try {
    ask();
  } catch (thrown) {
    if (isMlflowAuthError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error("it answered");
}

test.run();
