import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Authority, createAuthority } from "@mlflow-auth/test/servers/certificates";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createAgent } from "../../src/connection/agent.js";
import { type Pems, readPems, tlsOfPlugin, tlsOfServer } from "../../src/connection/tls-files.js";
import type { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { TlsOptions } from "../../src/provider/context.js";
import { temporaryFolder } from "../discovery/plugin-packages.ts";

const test = suite("certificate files");
const folder = temporaryFolder();
const names = { ca: "tls.caFile", cert: "tls.certFile", key: "tls.keyFile" };
const owner = tlsOfPlugin("store", names);
let authority: Authority;

test.before(async () => {
  authority = await createAuthority();
});

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function fault(tls: TlsOptions, of = owner): MlflowAuthError {
  try {
    readPems(tls, of);
  } catch (thrown) {
    return thrown as MlflowAuthError;
  }
  throw new Error("they were read");
}

test("paths and PEM texts are read alike, text around the PEM included", () => {
  const ca = written("ca.pem", `Bag Attributes\n${authority.cert}`);
  assert.equal(readPems({ ca }, owner), { ca: `Bag Attributes\n${authority.cert}`, cert: undefined, key: undefined });
  assert.is(readPems({ ca: authority.cert }, owner).ca, authority.cert);
});

test("the same object is given again until a file changes", async () => {
  const ca = written("same.pem", authority.cert);
  const first = readPems({ ca }, owner);
  assert.is(readPems({ ca }, owner, first), first);
  const next = (await createAuthority()).cert;
  writeFileSync(ca, next);
  const second: Pems = readPems({ ca }, owner, first);
  assert.is(second.ca, next);
});

test("an agent that is closed follows no file any more: no new one is opened behind its back", async () => {
  const ca = written("followed.pem", authority.cert);
  const agent = createAgent({ destination: "https://127.0.0.1:1", tls: { ca }, env: {}, fresh: 0 });
  await agent.close();
  writeFileSync(ca, (await createAuthority()).cert);
  const attempt = agent.request({ origin: "https://127.0.0.1:1", path: "/", method: "GET" });
  const code = await attempt.then(
    () => "sent",
    (thrown: NodeJS.ErrnoException) => thrown.code,
  );
  assert.match(code ?? "", /^UND_ERR_(CLOSED|DESTROYED)$/);
});

const faults: Readonly<Record<string, readonly [make: () => TlsOptions, message: RegExp, remedy: RegExp]>> = {
  "nothing of that name": [
    () => ({ ca: join(folder, "gone.pem") }),
    /^the CA file \S+gone\.pem can't be read: ENOENT$/,
    /correct tls\.caFile, or the file's permissions/,
  ],
  "a folder": [
    () => {
      mkdirSync(join(folder, "folder.pem"), { recursive: true });
      return { cert: join(folder, "folder.pem"), key: "-----BEGIN" };
    },
    /^the client certificate \S+folder\.pem is not a regular file$/,
    /tls\.certFile/,
  ],
  "an empty file": [
    () => ({ cert: authority.cert, key: written("empty.pem", "") }),
    /^the client key \S+empty\.pem holds no PEM$/,
    /tls\.keyFile/,
  ],
  "a PEM that is no certificate": [
    () => ({ ca: written("bad.pem", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n") }),
    /^the CA file \S+bad\.pem holds no certificate that can be used$/,
    /tls\.caFile/,
  ],
  "such a PEM given as text": [
    () => ({ ca: "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n" }),
    /^the CA file holds no certificate that can be used$/,
    /tls\.caFile/,
  ],
  ...(process.platform !== "win32" && {
    "a FIFO that nobody writes": [
      () => {
        execFileSync("mkfifo", [join(folder, "fifo.pem")]);
        return { ca: join(folder, "fifo.pem") };
      },
      /fifo\.pem is not a regular file$/,
      /tls\.caFile/,
    ],
  }),
};

for (const [what, [make, message, remedy]] of Object.entries(faults)) {
  test(`${what} is TLS_FILE, with the option by its name`, () => {
    const error = fault(make());
    assert.equal([error.code, error.plugin, error.server], ["TLS_FILE", "store", undefined]);
    assert.match(error.message, message);
    assert.match(error.remedy as string, remedy);
  });
}

test("a certificate and a key of two people are told apart from such as can't be used", async () => {
  const [one, other] = [await authority.issue({ client: "one" }), await authority.issue({ client: "other" })];
  const cert = written("one.pem", one.cert);
  const apart = fault({ cert, key: written("other.key", other.key) });
  assert.match(apart.message, /^the client certificate \S+one\.pem and the key \S+other\.key don't belong together$/);
  assert.match(apart.remedy as string, "correct tls.certFile and tls.keyFile: PEM, the key without a passphrase");
  assert.match(fault({ cert, key: cert }).message, /can't be used$/);
});

test("of a listed server the error names the server and its own options", () => {
  const error = fault({ ca: join(folder, "gone.pem") }, tlsOfServer("https://mlflow.example.com"));
  assert.equal([error.plugin, error.server], [undefined, "https://mlflow.example.com"]);
  assert.match(
    error.remedy as string,
    "tls.ca (or MLFLOW_TRACKING_SERVER_CERT_PATH, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE) of https://mlflow.example.com",
  );
});

test("a client certificate that was renewed is another one, also where its authority stays", async () => {
  const ca = written("both-ca.pem", authority.cert);
  const first = await createAuthority();
  const cert = written("both.pem", first.cert);
  const key = written("both.key", first.key);
  const before = readPems({ ca, cert, key }, owner);
  assert.is(readPems({ ca, cert, key }, owner, before), before);
  const second = await createAuthority();
  writeFileSync(cert, second.cert);
  writeFileSync(key, second.key);
  const after = readPems({ ca, cert, key }, owner, before);
  assert.equal([after.ca, after.cert, after.key], [authority.cert, second.cert, second.key]);
});

test("what a variable of other programs names may come later; where it goes, what was read stays in use", async () => {
  const { cert } = await createAuthority();
  const tls = { ca: join(temporaryFolder(), "bundle.pem"), caVariable: "SSL_CERT_FILE" };
  const server = tlsOfServer("https://mlflow.example.com");
  const none = readPems(tls, server);
  assert.is(none.ca, undefined);
  assert.is(readPems(tls, server, none), none);
  writeFileSync(tls.ca, cert);
  const there = readPems(tls, server, none);
  assert.is(there.ca, cert);
  rmSync(tls.ca);
  assert.throws(
    () => readPems(tls, server, there),
    ({ code, message }: MlflowAuthError) => {
      assert.is(code, "TLS_FILE");
      assert.match(message, /^SSL_CERT_FILE names \S+bundle\.pem, which can't be read \(ENOENT\)$/);
      return true;
    },
  );
});

test("a folder of authorities is read again when it has changed, not before", async () => {
  const [one, two] = [await createAuthority("one"), await createAuthority("two")];
  const folder = temporaryFolder();
  const tls = { ca: folder, caVariable: "REQUESTS_CA_BUNDLE" };
  const server = tlsOfServer("https://mlflow.example.com");
  writeFileSync(join(folder, "0a1b2c3d.0"), one.cert);
  utimesSync(folder, 1_000, 1_000);
  const before = readPems(tls, server);
  assert.is(before.ca, one.cert);
  writeFileSync(join(folder, "0a1b2c3d.1"), two.cert);
  utimesSync(folder, 1_000, 1_000);
  assert.is(readPems(tls, server, before), before);
  utimesSync(folder, 2_000, 2_000);
  assert.is(readPems(tls, server, before).ca, `${one.cert}\n${two.cert}`);
});

test.run();
