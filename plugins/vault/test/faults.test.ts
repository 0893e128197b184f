import type { HttpRequest } from "@mlflow-auth/core/plugin";
import { canary, revealedBy, secretSource, type TestResponse } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startProvider } from "./start-provider.ts";

const test = suite("what Vault's refusals are told as");
const address = "https://vault.example.com:8200";
const secret = canary();

type Answer = readonly [status: number, body: unknown];

/** Vault as far as `answers` says, by the end of the path; a KV 2 mount at `secret` otherwise. */
function vault(answers: Record<string, Answer>) {
  return (request: HttpRequest): TestResponse => {
    const path = String(request.url).slice(`${address}/v1/`.length);
    const usual: Record<string, Answer> = {
      login: [200, { auth: { client_token: "given", lease_duration: 60 } }],
      "sys/internal/ui/mounts/secret/mlflow/auth": [200, { data: { path: "secret/", options: { version: "2" } } }],
    };
    const [key] = Object.keys(answers).filter((key) => path.endsWith(key) || key === "*");
    const [status, body] = answers[key ?? ""] ??
      usual[path] ??
      usual[path.split("/").at(-1) ?? ""] ?? [404, { errors: [] }];
    return { status, text: typeof body === "string" ? body : JSON.stringify(body) };
  };
}

const read = "secret/data/mlflow/auth";
const errors = (...texts: string[]) => ({ errors: texts });

for (const [what, answers, code, message, transient] of [
  [
    "a policy that is missing",
    { [read]: [403, errors("1 error occurred:\n\t* permission denied\n\n")] },
    "SECRET_DENIED",
    /denied reading secret\/mlflow\/auth/,
    false,
  ],
  [
    "a token that ran out",
    { [read]: [403, errors("2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n")] },
    "LOGIN_FAILED",
    /does not accept the token/,
    false,
  ],
  [
    "something before Vault that wants a login",
    { [read]: [401, errors("who are you")] },
    "SECRET_DENIED",
    /status 401/,
    false,
  ],
  ["no secret", { [read]: [404, errors()] }, "SECRET_NOT_FOUND", /no secret secret\/mlflow\/auth/, false],
  [
    "no mount",
    { "*": [404, errors('no handler for route "secret/…". route entry not found.')] },
    "SECRET_NOT_FOUND",
    /no secrets engine mounted at secret/,
    false,
  ],
  [
    "a deleted version",
    { [read]: [404, { data: { data: null, metadata: { version: 3, destroyed: false, deletion_time: "x" } } }] },
    "SECRET_NOT_FOUND",
    /version 3 .* was deleted/,
    false,
  ],
  [
    "a destroyed version",
    { [read]: [404, { data: { data: null, metadata: { version: 3, destroyed: true } } }] },
    "SECRET_NOT_FOUND",
    /version 3 .* was destroyed/,
    false,
  ],
  [
    "a deleted version without a number",
    { [read]: [404, { data: { data: null, metadata: { version: "3; rm" } } }] },
    "SECRET_NOT_FOUND",
    /the newest version of/,
    false,
  ],
  ["a sealed Vault", { "*": [503, errors("Vault is sealed")] }, "SECRET_UNREACHABLE", /is sealed/, true],
  [
    "a Vault that is not initialised",
    { "*": [503, errors("Vault is not initialized")] },
    "SECRET_UNREACHABLE",
    /is not initialised/,
    true,
  ],
  ["a standby that redirects", { "*": [307, ""] }, "SECRET_UNREACHABLE", /is a standby/, true],
  [
    "a cluster without an active node",
    { "*": [500, errors("local node not active but active cluster node not found")] },
    "SECRET_UNREACHABLE",
    /is a standby/,
    true,
  ],
  ["another redirect", { "*": [302, "<a>"] }, "SECRET_UNREACHABLE", /redirects \(status 302\)/, false],
  [
    "a rate limit",
    { "*": [429, errors('request path "x": rate limit quota exceeded')] },
    "SECRET_UNREACHABLE",
    /too many requests/,
    true,
  ],
  ["an internal error", { "*": [500, errors("internal error")] }, "SECRET_UNREACHABLE", /fails \(status 500\)/, true],
  [
    "a load balancer without a Vault",
    { "*": [502, "<html>Bad Gateway</html>"] },
    "SECRET_UNREACHABLE",
    /fails \(status 502\)/,
    true,
  ],
  [
    "replication that lags",
    { "*": [412, errors("required index state not present")] },
    "SECRET_UNREACHABLE",
    /not up to date/,
    true,
  ],
  [
    "a mount that is being upgraded",
    {
      [read]: [
        400,
        errors("Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period"),
      ],
    },
    "SECRET_UNREACHABLE",
    /not up to date/,
    true,
  ],
  [
    "a login page with 200",
    { "*": [200, "<!doctype html><title>Sign in</title>"] },
    "SECRET_UNREACHABLE",
    /does not answer as Vault does \(status 200, no JSON\)/,
    false,
  ],
  ["a web server with 404", { "*": [404, "Not Found"] }, "SECRET_UNREACHABLE", /no JSON/, false],
  [
    "http spoken to https",
    { "*": [400, "Client sent an HTTP request to an HTTPS server.\n"] },
    "SECRET_UNREACHABLE",
    /no JSON/,
    false,
  ],
  [
    "an answer nobody knows",
    { "*": [418, errors("teapot")] },
    "SECRET_UNREACHABLE",
    /unknown answer \(status 418\)/,
    false,
  ],
  ["JSON that is no secret", { [read]: [200, { hello: 1 }] }, "SECRET_FORMAT", /holds no secret/, false],
  [
    "a list for a secret",
    { [read]: [200, { data: { data: [1], metadata: { version: 1 } } }] },
    "SECRET_FORMAT",
    /holds no secret/,
    false,
  ],
  ["null for an answer", { "*": [200, null] }, "SECRET_FORMAT", /holds no secret/, false],
] as const) {
  test(what, async () => {
    for (const auth of [
      { method: "token", token: secretSource(secret) },
      { method: "approle", roleId: "role", secretId: secretSource(secret), mount: "approle", wrapped: false },
    ] as const) {
      const login = auth.method === "approle" && "*" in answers;
      const all = login ? { login: [200, { auth: { client_token: secret } }] as Answer, ...answers } : answers;
      const error = await (
        await startProvider(address, { auth }, { http: vault(all as Record<string, Answer>) })
      ).fault();
      assert.is(error.code, code, error.message);
      assert.match(error.message, message);
      assert.is(error.transient, transient);
      assert.is(error.plugin, "vault");
      assert.ok(error.remedy);
    }
  });
}

for (const [what, answer, message] of [
  ["a wrong role id", [400, errors("invalid role ID")], /does not know the role id/],
  ["a wrong secret id", [400, errors("invalid secret id")], /refused the role id or the secret id/],
  ["either of them", [400, errors("invalid role or secret ID")], /refused the role id or the secret id/],
  ["a network that the role is not bound to", [403, errors("permission denied")], /no login at auth\/approle/],
  ["no such auth method", [404, errors('no handler for route "auth/approle/login"')], /no login at auth\/approle/],
  ["a second factor", [200, { auth: { client_token: "", mfa_requirement: { mfa_request_id: "x" } } }], /second factor/],
  ["a login without a token", [200, { auth: {} }], /holds no token/],
  ["an empty answer", [204, ""], /holds no token|does not answer as Vault/],
] as const) {
  test(`login: ${what}`, async () => {
    const auth = {
      method: "approle",
      roleId: "role",
      secretId: secretSource(secret),
      mount: "approle",
      wrapped: false,
    } as const;
    const error = await (await startProvider(address, { auth }, { http: vault({ login: answer as Answer }) })).fault();
    assert.ok(error.code === "LOGIN_FAILED" || error.code === "SECRET_UNREACHABLE", error.code);
    assert.match(error.message, message);
    assert.ok(error.remedy);
  });
}

test("whatever Vault says, its words are not repeated", async () => {
  for (const status of [200, 204, 301, 307, 400, 401, 403, 404, 405, 412, 418, 429, 472, 500, 501, 503]) {
    const body = {
      errors: [`permission denied for ${secret}`, secret],
      warnings: [secret],
      auth: { client_token: { [secret]: secret }, mfa_requirement: secret },
      data: {
        [secret]: secret,
        path: secret,
        metadata: { version: secret, deletion_time: secret },
        data: { a: secret, [secret]: 1 },
      },
    };
    for (const text of [body, secret, `<html>${secret}`]) {
      for (const auth of [
        { method: "token", token: secretSource(secret) },
        { method: "approle", roleId: "role", secretId: secretSource(secret), mount: "approle", wrapped: false },
      ] as const) {
        const error = await (await startProvider(address, { auth }, { http: vault({ "*": [status, text] }) })).fault();
        const printed = `${error.stack} ${error.message} ${error.remedy} ${JSON.stringify(error)} ${error.cause}`;
        assert.is(revealedBy(printed, secret), undefined, `${status}: ${error.code}`);
      }
    }
  }
});

test("a secret with several fields of no known name is told by their names", async () => {
  const fields = { host: "h", port: "p" };
  const http = vault({ [read]: [200, { data: { data: fields, metadata: { version: 1 } } }] });
  const error = await (
    await startProvider(address, { auth: { method: "token", token: secretSource("t") } }, { http })
  ).fault();
  assert.match(error.message, "has the fields host, port");
});

const byToken = { auth: { method: "token", token: secretSource("t") } } as const;
const unknownMount = { "sys/internal/ui/mounts/secret/mlflow/auth": [403, errors("permission denied")] } as const;
/** The same, with both versions' paths told apart by what stands before them. */
function eitherVersion(two: Answer, one: Answer) {
  const usual = vault({ ...unknownMount, [read]: two });
  return (request: HttpRequest): TestResponse =>
    String(request.url).endsWith("v1/secret/mlflow/auth") ? vault({ "*": one })(request) : usual(request);
}

test("without an answer about the mount, a denial by either version is not hidden behind the other's not found", async () => {
  const denied: Answer = [403, errors("permission denied")];
  const missing: Answer = [404, errors()];
  for (const [two, one] of [
    [denied, missing],
    [missing, denied],
  ] as const) {
    const error = await (await startProvider(address, byToken, { http: eitherVersion(two, one) })).fault();
    assert.is(error.code, "SECRET_DENIED", error.message);
  }
  const nowhere = await (await startProvider(address, byToken, { http: eitherVersion(missing, missing) })).fault();
  assert.is(nowhere.code, "SECRET_NOT_FOUND");
});

test("without an answer about the mount, a deleted version is told as such, though version 1 has nothing", async () => {
  const deleted: Answer = [404, { data: { data: null, metadata: { version: 3, deletion_time: "x" } } }];
  const http = eitherVersion(deleted, [404, errors()]);
  assert.match((await (await startProvider(address, byToken, { http })).fault()).message, /version 3 .* was deleted/);
});

test("where a version is pinned, version 1's path is not asked: it keeps none", async () => {
  const http = eitherVersion([404, errors()], [200, { data: { token: "another version" } }]);
  const started = await startProvider(address, { ...byToken, secret: { version: 2 } }, { http });
  const error = await started.fault();
  assert.is(error.code, "SECRET_NOT_FOUND");
  assert.match(error.message, "Vault has no version 2 of secret/mlflow/auth");
});

test.run();
