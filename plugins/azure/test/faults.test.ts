/** What a vault's refusals are told as: its documented bodies, over TLS, through the real SDK. */
import { canary, revealedBy } from "@mlflow-auth/core/testing";
import { type FakeAzure, type Fault, refusal, startFakeAzure } from "@mlflow-auth/test/servers/azure-fake";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type GivenOptions, startProvider } from "./start-provider.ts";

const test = suite("what a vault's refusals are told as", { timeout: 60 });
const quoted = canary();

let azure: FakeAzure;
test.before(async () => {
  azure = await startFakeAzure();
});
test.after(() => azure.stop());

/** Asks while the vault answers so, however often it is asked. */
async function faultWhile(fault: Fault, given: GivenOptions = {}) {
  azure.vault.faults.splice(0, Infinity, ...Array(8).fill(fault));
  const started = await startProvider(azure, given);
  const told = await started.fault();
  await started.close();
  const { code, transient, plugin, message, remedy = "" } = told;
  const all = `${message} ${remedy} ${JSON.stringify(started.context.logs)}`;
  assert.is(revealedBy(all, quoted), undefined, "none of the vault's words is repeated");
  assert.is(revealedBy(all, azure.entra.secret), undefined);
  assert.is(plugin, "azure");
  return { code, transient, message, remedy };
}

type Row = [
  what: string,
  fault: Fault,
  code: string,
  said: RegExp,
  remedy: RegExp,
  transient?: boolean,
  given?: GivenOptions,
];
const forbidden = (message: string, inner?: string) => refusal(403, "Forbidden", `${message} ${quoted}`, inner);
const version = "0123456789abcdef0123456789abcdef";
const table: Row[] = [
  [
    "a disabled secret",
    forbidden("Operation get is not allowed on a disabled secret.", "SecretDisabled"),
    "SECRET_DENIED",
    /the secret mlflow-auth is disabled/,
    /set-attributes --vault-name team --name mlflow-auth --enabled true/,
  ],
  [
    "a disabled secret without an inner code",
    forbidden("Operation get is not allowed on a disabled secret."),
    "SECRET_DENIED",
    /is disabled/,
    /--enabled true/,
  ],
  [
    "an access policy",
    forbidden(
      "The user, group or application 'appid=x' does not have secrets get permission on key vault 'team'.",
      "AccessDenied",
    ),
    "SECRET_DENIED",
    /the vault denied reading the secret mlflow-auth/,
    /set-policy --name team .*--secret-permissions get/,
  ],
  [
    "a missing role",
    forbidden("Caller is not authorized to perform action on resource.", "ForbiddenByRbac"),
    "SECRET_DENIED",
    /no role lets this login read/,
    /Key Vault Secrets User/,
  ],
  [
    "the vault's firewall",
    forbidden("Client address is not authorized and caller is not a trusted service.", "ForbiddenByFirewall"),
    "SECRET_DENIED",
    /the firewall of the vault/,
    /network-rule add --name team/,
  ],
  [
    "a vault without public access",
    forbidden(
      "Public network access is disabled and request is not from a trusted service nor via an approved private link.",
    ),
    "SECRET_DENIED",
    /the firewall of the vault/,
    /private endpoint/,
  ],
  [
    "a secret that the vault holds back before its time",
    forbidden("Operation get is not allowed on a secret that is not yet valid.", "SecretNotYetValid"),
    "SECRET_EXPIRED",
    /is not valid yet/,
    /--not-before/,
    true,
  ],
  [
    "a secret that the vault holds back after its time",
    forbidden("Operation get is not allowed on an expired secret.", "SecretExpired"),
    "SECRET_EXPIRED",
    /expired/,
    /--expires/,
    true,
  ],
  [
    "no secret",
    refusal(404, "SecretNotFound", quoted),
    "SECRET_NOT_FOUND",
    /the vault has no secret mlflow-auth/,
    /secret list --vault-name team/,
  ],
  [
    "no version",
    refusal(404, "SecretNotFound", quoted),
    "SECRET_NOT_FOUND",
    /or not its version 0123/,
    /list-versions --vault-name team --name mlflow-auth/,
    false,
    { secret: { version } },
  ],
  [
    "a secret under way",
    refusal(409, "Conflict", quoted, "ObjectIsBeingRecovered"),
    "SECRET_NOT_FOUND",
    /being deleted or recovered/,
    /wait/,
    true,
  ],
  ["a bad name", refusal(400, "BadParameter", quoted), "SECRET_NOT_FOUND", /does not take the name/, /secret\.name/],
  ["throttling", refusal(429, "Throttled", quoted), "SECRET_UNREACHABLE", /throttled/, /cache\.ttl/, true],
  [
    "a failure",
    refusal(500, "InternalServerError", quoted),
    "SECRET_UNREACHABLE",
    /fails \(status 500\)/,
    /wait/,
    true,
  ],
  ["an outage", refusal(503, "ServiceUnavailable", quoted), "SECRET_UNREACHABLE", /status 503/, /wait/, true],
  ["something new", refusal(418, "Teapot", quoted), "SECRET_UNREACHABLE", /as Key Vault does/, /vaultUrl/],
  [
    "a redirect",
    { status: 307, body: "", headers: { Location: "https://evil.example.com/" } },
    "SECRET_UNREACHABLE",
    /redirects \(status 307\)/,
    /vaultUrl/,
  ],
  ["a proxy's page", { status: 502, body: "<html>bad gateway" }, "SECRET_UNREACHABLE", /status 502/, /wait/, true],
  ["a page for a 403", { status: 403, body: "<html>no" }, "SECRET_UNREACHABLE", /as Key Vault does/, /stands in front/],
  ["garbage", { status: 200, body: `<html>${quoted}` }, "SECRET_UNREACHABLE", /as Key Vault does/, /vaultUrl/],
  ["an empty answer", { status: 200, body: "" }, "SECRET_UNREACHABLE", /as Key Vault does/, /vaultUrl/],
  ["an answer of another kind", { status: 200, body: [] }, "SECRET_UNREACHABLE", /as Key Vault does/, /vaultUrl/],
  ["a secret of nothing", { status: 200, body: null }, "SECRET_UNREACHABLE", /as Key Vault does/, /vaultUrl/],
  [
    "an end that is no date",
    {
      status: 200,
      body: { value: quoted, id: "https://team.vault.azure.net/secrets/a/b", attributes: { exp: 1e300 } },
    },
    "SECRET_UNREACHABLE",
    /as Key Vault does/,
    /vaultUrl/,
  ],
  [
    "an answer without a value",
    { status: 200, body: { id: "https://team.vault.azure.net/secrets/a/b" } },
    "SECRET_FORMAT",
    /holds no text/,
    /secret set/,
  ],
  [
    "more than 1 MiB",
    { status: 200, body: { value: "x".repeat(1024 * 1024) } },
    "SECRET_UNREACHABLE",
    /1 MiB/,
    /check/,
  ],
];

for (const [what, fault, code, said, remedy, transient = false, given] of table) {
  test(`${what} is ${code}, and says what to do`, async () => {
    const told = await faultWhile(fault, given);
    assert.equal([told.code, told.transient], [code, transient], told.message);
    assert.match(told.message, said);
    assert.match(told.remedy, remedy);
  });
}

test("what may pass by itself is tried three times, as the vault asks, and is not noticed where it passes", async () => {
  azure.vault.faults.length = 0;
  azure.vault.put("mlflow-auth", "t");
  const throttled = { ...refusal(429, "Throttled", ""), headers: { "Retry-After": "2" } };
  for (const fault of [throttled, refusal(500, "InternalServerError", ""), "reset"] as const) {
    azure.vault.faults.push(fault, fault);
    const started = await startProvider(azure);
    const before = started.context.clock.now();
    assert.is(await started.headers(), "Authorization: Bearer t");
    assert.is(azure.vault.faults.length, 0);
    if (fault === throttled) assert.ok(started.context.clock.now() - before >= 4_000, "it waits as it is told");
    await started.close();
  }
  azure.vault.faults.push(...Array(5).fill(refusal(503, "ServiceUnavailable", "")));
  const started = await startProvider(azure);
  await started.fault();
  assert.is(azure.vault.faults.length, 2, "and no more than three times");
  await started.close();
  azure.vault.faults.length = 0;
});

test("a deleted secret is told from one that never was", async () => {
  azure.vault.put("gone", "t");
  azure.vault.remove("gone");
  const started = await startProvider(azure, { secret: { name: "gone" } });
  const { code, message, remedy = "" } = await started.fault();
  await started.close();
  assert.is(code, "SECRET_NOT_FOUND");
  assert.match(message, "the secret gone was deleted");
  assert.match(remedy, "az keyvault secret recover --vault-name team --name gone");
});

test("a vault that does not exist is told as such", async () => {
  const started = await startProvider(
    azure,
    { vaultUrl: "https://nobody.vault.invalid" },
    { env: { HTTPS_PROXY: "" } },
  );
  const { code, message, remedy = "" } = await started.fault();
  await started.close();
  assert.is(code, "SECRET_UNREACHABLE");
  assert.match(message, "there is no vault at https://nobody.vault.invalid");
  assert.match(remedy, "az keyvault show --name nobody");
});

test("a proxy that leads nowhere, and a certificate that is not trusted, are told by core", async () => {
  azure.proxy.refuse(403);
  const behind = await startProvider(azure);
  assert.match((await behind.fault()).message, /opened no connection to the server: it answered 403/);
  azure.proxy.refuse(undefined);
  await behind.close();
  const untrusting = await startProvider(azure, { tls: {} });
  const { code, remedy = "" } = await untrusting.fault();
  assert.is(code, "SECRET_UNREACHABLE");
  assert.match(remedy, /CA file/);
  await untrusting.close();
});

test.run();
