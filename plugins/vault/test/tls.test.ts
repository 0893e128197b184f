import { createPrivateKey } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Authority, type Certificate, createAuthority, selfSigned } from "@mlflow-auth/test/servers/certificates";
import { startTlsFront, type TlsFront } from "@mlflow-auth/test/servers/tls-front";
import { missing } from "@mlflow-auth/test/servers/tools";
import { type RealVault, startVault } from "@mlflow-auth/test/servers/vault";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { VaultOptions } from "../src/generated/options.js";
import { seed, startProvider, token, write } from "./start-provider.ts";

const test = suite("the vault plugin and TLS", { missing: await missing("vault") });

let vault: RealVault;
let folder: string;
let servers: Authority;
let people: Authority;
let env: Record<string, string>;
let caFile: string;
const fronts: TlsFront[] = [];

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vault-tls-"));
  [servers, people] = await Promise.all([createAuthority("servers"), createAuthority("people")]);
  caFile = await file("ca.pem", servers.cert);
  vault = await startVault();
  await seed(vault);
  await write(vault, "secret/mlflow/auth", { token: "t" });
  env = { VAULT_TOKEN: await token(vault) };
});
test.after(async () => {
  for (const front of fronts) await front.stop();
  await vault?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

async function front(certificate: Certificate, clientAuthority?: string): Promise<TlsFront> {
  const started = await startTlsFront({ upstream: vault.address, certificate, clientAuthority });
  fronts.push(started);
  return started;
}

const started = (address: string, tls: Partial<VaultOptions["tls"]> = {}) => startProvider(address, { tls }, { env });

async function client(name: string, certificate: Certificate) {
  return { certFile: await file(`${name}.pem`, certificate.cert), keyFile: await file(`${name}.key`, certificate.key) };
}

test("a certificate of the authority in caFile is accepted", async () => {
  const { address } = await front(await servers.issue());
  assert.is(await (await started(address, { caFile })).headers(), "Authorization: Bearer t");
  const byName = address.replace("127.0.0.1", "localhost");
  assert.is(await (await started(byName, { caFile })).headers(), "Authorization: Bearer t");
});

for (const [what, certificate, code, remedy] of [
  ["a self-signed one", () => selfSigned(), "DEPTH_ZERO_SELF_SIGNED_CERT", /tls\.caFile \(VAULT_CACERT\)/],
  [
    "one of an unknown authority",
    () => servers.issue(),
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    /tls\.caFile \(VAULT_CACERT\)/,
  ],
] as const) {
  test(`${what} is refused without caFile, once, and the remedy is the right one`, async () => {
    const server = await front(await certificate());
    const error = await (await started(server.address)).fault();
    assert.is(error.code, "SECRET_UNREACHABLE");
    assert.match(error.message, code);
    assert.match(error.remedy as string, remedy);
    assert.is(server.connections(), 1);
  });
}

test("a self-signed one is accepted where caFile is that very certificate", async () => {
  const own = await selfSigned();
  const { address } = await front(own);
  const given = { caFile: await file("own.pem", own.cert) };
  assert.is(await (await started(address, given)).headers(), "Authorization: Bearer t");
});

test("one that has expired is refused, and caFile is not what is told", async () => {
  const server = await front(await servers.issue({ ended: true }));
  const error = await (await started(server.address, { caFile })).fault();
  assert.match(error.message, "CERT_HAS_EXPIRED");
  assert.match(error.remedy as string, "have Vault's certificate renewed");
  assert.is(server.connections(), 1);
});

test("one for another name is refused", async () => {
  const { address } = await front(await servers.issue({ host: "vault.example.com" }));
  const error = await (await started(address, { caFile })).fault();
  assert.match(error.message, "ERR_TLS_CERT_ALTNAME_INVALID");
  assert.match(error.remedy as string, "use a name that Vault's certificate was issued for");
});

test("a client's certificate is none for a server", async () => {
  const { address } = await front(await servers.issue({ client: "trainer" }));
  const error = await (await started(address, { caFile })).fault();
  assert.match(error.message, "INVALID_PURPOSE");
  assert.match(error.remedy as string, "a certificate for servers");
});

test("https to a port that speaks http is told so", async () => {
  const error = await (await started(vault.address.replace("http:", "https:"), { caFile })).fault();
  assert.is(error.code, "SECRET_UNREACHABLE");
  assert.match(error.remedy as string, "nothing speaks TLS there");
});

test("insecureSkipVerify accepts any, and warns once per instance", async () => {
  const own = await file("changing.pem", servers.cert);
  const { address } = await front(await selfSigned());
  const { headers, provider, context } = await started(address, { insecureSkipVerify: true, caFile: own });
  for (const authority of [servers, people, servers]) {
    await file("changing.pem", authority.cert);
    await provider.invalidate("unauthorized", rejected);
    assert.is(await headers(), "Authorization: Bearer t");
  }
  const warnings = context.logs.filter(({ level }) => level === "warn");
  assert.is(warnings.length, 1);
  assert.match(warnings[0]?.message ?? "", "plugin vault does not verify its backend's certificate");
});

test("a client certificate is shown where it is wanted", async () => {
  const server = await front(await servers.issue(), people.cert);
  const tls = { caFile, ...(await client("trainer", await people.issue({ client: "trainer" }))) };
  assert.is(await (await started(server.address, tls)).headers(), "Authorization: Bearer t");
  assert.equal([...new Set(server.clients)], ["trainer"]);
});

test("without one Vault's front refuses, and the remedy names the options", async () => {
  const server = await front(await servers.issue(), people.cert);
  const error = await (await started(server.address, { caFile })).fault();
  assert.is(error.code, "SECRET_UNREACHABLE");
  assert.match(
    error.remedy as string,
    "tls.certFile and tls.keyFile (VAULT_CLIENT_CERT, VAULT_CLIENT_KEY)",
    error.message,
  );
  assert.equal(server.clients, []);
});

test("one of an authority that Vault's front does not trust is refused, and the remedy says to check it", async () => {
  const server = await front(await servers.issue(), people.cert);
  const tls = { caFile, ...(await client("stranger", await servers.issue({ client: "stranger" }))) };
  const error = await (await started(server.address, tls)).fault();
  assert.is(error.code, "SECRET_UNREACHABLE");
  assert.match(
    error.remedy as string,
    /accepts the client certificate|wants another client certificate/,
    error.message,
  );
});

test("a client certificate that was replaced is read again, without a restart", async () => {
  const server = await front(await servers.issue(), people.cert);
  const tls = { caFile, ...(await client("rotating", await people.issue({ client: "first" }))) };
  const { headers, provider } = await started(server.address, tls);
  await headers();
  await client("rotating", await people.issue({ client: "second" }));
  await provider.invalidate("unauthorized", rejected);
  await headers();
  assert.equal([...new Set(server.clients)], ["first", "second"]);
});

test("Vault's own certificate may be replaced by one of another authority, with its caFile", async () => {
  const changing = await file("servers.pem", servers.cert);
  const server = await front(await servers.issue());
  const { headers, fault, provider, context } = await started(server.address, { caFile: changing });
  await headers();
  server.replace(await people.issue());
  await provider.invalidate("unauthorized", rejected);
  assert.match((await fault()).message, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  await file("servers.pem", people.cert);
  await context.clock.advance(60_000);
  assert.is(await headers(), "Authorization: Bearer t");
});

test("files that can't be used are named, and nothing of them is told", async () => {
  const [one, other] = [await people.issue({ client: "one" }), await people.issue({ client: "other" })];
  const good = await client("one", one);
  const encrypted = createPrivateKey(one.key).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "p",
  }) as string;
  for (const [tls, told] of [
    [
      { ...good, keyFile: await file("other.key", other.key) },
      /one\.pem and the key .*other\.key don't belong together/,
    ],
    [{ ...good, keyFile: await file("empty.key", "") }, /the client key .*empty\.key holds no PEM/],
    [{ ...good, keyFile: await file("locked.key", encrypted) }, /locked\.key can't be used/],
    [{ ...good, certFile: join(folder, "none.pem") }, /none\.pem can't be read: ENOENT/],
    [
      { caFile: await file("bad.pem", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n") },
      /bad\.pem holds no certificate/,
    ],
  ] as const) {
    const error = await (await started("https://127.0.0.1:1", tls)).fault();
    assert.is(error.code, "SECRET_SOURCE", error.message);
    assert.match(error.message, told);
    const body = one.key.split("\n")[1] as string;
    assert.not.ok(`${error.stack}${error.remedy}${error.cause}`.includes(body));
  }
});

test("names and attributes before the PEM, as openssl writes them, do no harm", async () => {
  const server = await front(await servers.issue(), people.cert);
  const { cert, key } = await people.issue({ client: "exported" });
  const noted = (pem: string) => `Bag Attributes\n    friendlyName: exported\n${pem}`;
  const tls = { caFile, ...(await client("exported", { cert: noted(cert), key: noted(key) })) };
  assert.is(await (await started(server.address, tls)).headers(), "Authorization: Bearer t");
});

test.run();
