/** What Microsoft Entra ID's refusals are told as. Numbers: https://learn.microsoft.com/entra/identity-platform/reference-error-codes. */
import { canary, revealedBy } from "@mlflow-auth/core/testing";
import { type FakeAzure, type Fault, failure, startFakeAzure } from "@mlflow-auth/test/servers/azure-fake";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { clientSecret, startProvider } from "./start-provider.ts";

const test = suite("what a refused login is told as", { timeout: 60 });
const quoted = canary();

let azure: FakeAzure;
test.before(async () => {
  azure = await startFakeAzure();
  azure.vault.put("mlflow-auth", "t");
});
test.after(() => azure.stop());

const by = (number: number, error = "invalid_client") => failure(number, error, quoted, 401);
const table: [what: string, fault: Fault, code: string, said: RegExp, remedy: RegExp, transient?: boolean][] = [
  ["a wrong secret", by(7000215), "LOGIN_FAILED", /not accept the client secret/, /the secret's value, not its id/],
  ["a secret that ended", by(7000222), "LOGIN_FAILED", /client secret has expired/, /credential reset/],
  ["an unknown application", by(700016), "LOGIN_FAILED", /no such application/, /AZURE_CLIENT_ID/],
  ["a disabled application", by(7000112), "LOGIN_FAILED", /or it is disabled there/, /AZURE_CLIENT_ID/],
  ["an unknown tenant", by(90002, "invalid_request"), "LOGIN_FAILED", /no such tenant/, /AZURE_TENANT_ID/],
  ["another certificate", by(700027), "LOGIN_FAILED", /not accept the certificate/, /--cert/],
  ["a token of a stranger", by(700213), "LOGIN_FAILED", /trusts no such token/, /federated-credential list/],
  ["a clock that is off", by(700024), "LOGIN_FAILED", /refused the login for its time/, /NTP/],
  ["a tenant without Key Vault", by(500011), "LOGIN_FAILED", /does not know Key Vault/, /authorityHost/],
  ["conditional access", by(53003), "LOGIN_FAILED", /conditional access/, /administrator/],
  ["something new", by(9999999), "LOGIN_FAILED", /AADSTS9999999/, /error\?code=9999999/],
  [
    "a number in the text alone",
    { status: 400, body: { error: "invalid_client", error_description: `AADSTS7000222: ${quoted}` } },
    "LOGIN_FAILED",
    /client secret has expired/,
    /credential reset/,
  ],
  ["no number", { status: 400, body: { error: quoted } }, "LOGIN_FAILED", /does not accept this login$/, /sign-in log/],
  ["throttling", { ...by(50196), status: 429 }, "SECRET_UNREACHABLE", /throttled/, /wait/, true],
  ["an outage", { ...by(90033), status: 503 }, "SECRET_UNREACHABLE", /fails \(status 503\)/, /status.azure.com/, true],
  [
    "a proxy's page",
    { status: 403, body: `<html>${quoted}` },
    "SECRET_UNREACHABLE",
    /as a login does/,
    /authorityHost/,
  ],
  [
    "a redirect",
    { status: 302, body: "", headers: { Location: "https://evil.example.com" } },
    "SECRET_UNREACHABLE",
    /as a login does/,
    /between/,
  ],
  ["garbage", { status: 200, body: `<html>${quoted}` }, "SECRET_UNREACHABLE", /as a login does/, /between/],
  ["no token", { status: 200, body: { token_type: "Bearer" } }, "SECRET_UNREACHABLE", /as a login does/, /between/],
  ["nothing", { status: 200, body: "" }, "SECRET_UNREACHABLE", /as a login does/, /between/],
  ["null", { status: 200, body: null }, "SECRET_UNREACHABLE", /as a login does/, /between/],
  [
    "more than 1 MiB",
    { status: 200, body: { access_token: "x".repeat(1024 * 1024) } },
    "SECRET_UNREACHABLE",
    /1 MiB/,
    /check/,
  ],
];

for (const [what, fault, code, said, remedy, transient = false] of table) {
  test(`${what} is ${code}, and says what to do`, async () => {
    azure.entra.faults.splice(0, Infinity, ...Array(6).fill(fault));
    const started = await startProvider(azure);
    const told = await started.fault();
    azure.entra.faults.length = 0;
    await started.close();
    assert.equal([told.code, told.transient, told.plugin], [code, transient, "azure"], told.message);
    assert.match(told.message, said);
    assert.match(told.remedy ?? "", remedy);
    const all = `${told.message} ${told.remedy} ${JSON.stringify(started.context.logs)}`;
    assert.is(revealedBy(all, quoted), undefined, "none of its words is repeated");
    assert.is(revealedBy(all, azure.entra.secret), undefined);
    assert.equal(azure.vault.tokens, [], "the vault was sent nothing");
  });
}

test("a login that hangs or breaks off is tried again, and told as core tells it", async () => {
  azure.entra.faults.push("reset", "reset");
  const passing = await startProvider(azure);
  assert.is(await passing.headers(), "Authorization: Bearer t");
  await passing.close();
  azure.entra.faults.push("reset", "reset", "reset");
  const failing = await startProvider(azure);
  const { code, message, transient } = await failing.fault();
  assert.equal([code, transient], ["SECRET_UNREACHABLE", true]);
  assert.match(message, "https://login.microsoftonline.com can't be reached: the other side hangs up");
  await failing.close();
});

test("an outage of the login is one for as long as it lasts, and over when it is", async () => {
  const started = await startProvider(azure);
  for (let round = 0; round < 3; round++) {
    azure.entra.faults.push(...Array(3).fill({ ...by(90033), status: 503 }));
    const { code, transient, message } = await started.fault();
    assert.equal([code, transient], ["SECRET_UNREACHABLE", true], message);
    assert.is(azure.entra.faults.length, 0, "it is asked each time");
    await started.context.clock.advance(60_000);
  }
  assert.is(await started.headers(), "Authorization: Bearer t");
  await started.close();
});

test("a wrong secret is shown to the login once, and to nobody else", async () => {
  const logins = azure.entra.logins.length;
  const other = canary();
  const auth = {
    ...clientSecret(azure),
    clientSecret: { origin: "x", read: async () => ({ reveal: () => other }) as never },
  };
  const started = await startProvider(azure, { auth });
  assert.match((await started.fault()).message, "does not accept the client secret");
  await started.close();
  assert.is(azure.entra.logins.length, logins + 1);
  assert.not.match(azure.proxy.heard.join("\n"), other);
});

test.run();
