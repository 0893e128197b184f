/** What a secret may hold, and from when to when it serves. */
import { type FakeAzure, startFakeAzure } from "@mlflow-auth/test/servers/azure-fake";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type GivenOptions, startProvider } from "./start-provider.ts";

const test = suite("secrets in a vault", { timeout: 60 });

let azure: FakeAzure;
test.before(async () => {
  azure = await startFakeAzure();
});
test.after(() => azure.stop());

async function headersOf(name: string, given: GivenOptions = {}): Promise<string> {
  const started = await startProvider(azure, { ...given, secret: { ...given.secret, name } });
  try {
    return await started.headers();
  } finally {
    await started.close();
  }
}

const basic = (text: string) => `Authorization: Basic ${Buffer.from(text).toString("base64")}`;
const both = '{"token":"t","username":"u","password":"p"}';
const formats: [what: string, held: string, given: GivenOptions, sent: string][] = [
  ["a token", " t \n", {}, "Authorization: Bearer t"],
  ["a token in JSON", '{"token":"t:u"}', {}, "Authorization: Bearer t:u"],
  ["a token in a header of its own", "t", { credential: { header: "X-Api-Key" } }, "X-Api-Key: t"],
  ["a user", "u:p", { credential: { mode: "basic" } }, basic("u:p")],
  ["a user in JSON", '{"username":"u","password":"p","x":"y"}', { credential: { mode: "basic" } }, basic("u:p")],
  ["the only field", '{"mlflow":"t"}', {}, "Authorization: Bearer t"],
  ["a field that is named", '{"a":"1","b":"2"}', { secret: { field: "b" } }, "Authorization: Bearer 2"],
  ["both, as a token", both, {}, "Authorization: Bearer t"],
  ["both, as a user", both, { credential: { mode: "basic" } }, basic("u:p")],
];
for (const [what, held, given, sent] of formats) {
  test(`${what} is sent in its form`, async () => {
    azure.vault.put("form", held);
    assert.is(await headersOf("form", given), sent);
  });
}

test("a version is read by its id, and the newest without one", async () => {
  const version = azure.vault.put("versions", "old");
  azure.vault.put("versions", "new");
  assert.is(await headersOf("versions"), "Authorization: Bearer new");
  assert.is(await headersOf("versions", { secret: { version } }), "Authorization: Bearer old");
});

test("a secret that was rotated is there after a rejection", async () => {
  azure.vault.put("rotated", "old");
  const started = await startProvider(azure, { secret: { name: "rotated" } });
  await started.headers();
  azure.vault.put("rotated", "new");
  assert.is(await started.headers(), "Authorization: Bearer old");
  await started.provider.invalidate("unauthorized", rejected);
  assert.is(await started.headers(), "Authorization: Bearer new");
  await started.close();
});

test("a secret serves to its own end, and no longer", async () => {
  const started = await startProvider(azure, {
    secret: { name: "ending" },
    cache: { ttl: 3_600_000, maxStale: 3_600_000 },
  });
  const { clock } = started.context;
  const end = Math.floor(clock.wallTime() / 1000) + 60;
  azure.vault.put("ending", "t", { attributes: { exp: end } });
  assert.is((await started.auth()).expiresAt, end * 1000);
  await clock.advance(59_000);
  assert.is(await started.headers(), "Authorization: Bearer t");
  await clock.advance(2_000);
  const { code, message, remedy = "", transient } = await started.fault();
  assert.equal([code, transient], ["SECRET_EXPIRED", true]);
  assert.match(message, `the secret ending expired ${new Date(end * 1000).toISOString()}`);
  assert.match(remedy, "az keyvault secret set --vault-name team --name ending");
  azure.vault.put("ending", "renewed");
  await clock.advance(60_000);
  assert.is(await started.headers(), "Authorization: Bearer renewed");
  await started.close();
});

test("a secret is not used before its time, though the vault gives it away", async () => {
  const started = await startProvider(azure, { secret: { name: "early" } });
  const { clock } = started.context;
  const begin = Math.floor(clock.wallTime() / 1000) + 60;
  azure.vault.put("early", "t", { attributes: { nbf: begin, exp: begin + 600 } });
  const { code, message, transient } = await started.fault();
  assert.equal([code, transient], ["SECRET_EXPIRED", true]);
  assert.match(message, `the secret early is not valid yet: it begins ${new Date(begin * 1000).toISOString()}`);
  await clock.advance(61_000);
  assert.is(await started.headers(), "Authorization: Bearer t");
  await started.close();
});

test("the private key of a certificate is never sent to MLflow", async () => {
  const kid = `${azure.vault.url}/keys/site/1`;
  for (const details of [{ contentType: "application/x-pkcs12" }, { contentType: "application/x-pem-file" }, { kid }]) {
    azure.vault.put("site", "MIIKcQ==", details);
    const started = await startProvider(azure, { secret: { name: "site" } });
    const { code, message } = await started.fault();
    assert.is(code, "SECRET_FORMAT");
    assert.match(message, "the secret site is that of a certificate");
    await started.close();
  }
});

test("a name and an address are taken in any spelling that the schema lets through", async () => {
  azure.vault.put("Team-1", "t");
  assert.is(await headersOf("Team-1", { vaultUrl: "HTTPS://Team.Vault.azure.net/" }), "Authorization: Bearer t");
});

test.run();
