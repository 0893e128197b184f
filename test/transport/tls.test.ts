import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Authority, createAuthority, selfSigned } from "../servers/certificates.ts";
import { callsOf } from "./outcomes.ts";
import { createSite, type Site } from "./site.ts";
import { ways } from "./ways.ts";

const test = suite("TLS towards listed servers");

let site: Site;
let east: Authority;
let west: Authority;
let people: Authority;
let ca: string;

test.before(async () => {
  site = await createSite();
  east = await createAuthority("east");
  west = await createAuthority("west");
  people = await createAuthority("people");
  // What openssl writes before a certificate is for people.
  ca = site.project.write("east-ca.pem", `subject=CN = east\nissuer=CN = east\n${east.cert}`);
});
test.after(() => site.stop());
test.beforeEach(() => {
  site.server.received.length = 0;
});

const { call, answered, failed } = callsOf(() => site);

for (const way of Object.keys(ways)) {
  test(`${way}: a private authority is accepted where the file names it, and only there`, async () => {
    const known = (await site.front(await east.issue())).address;
    const other = (await site.front(await east.issue())).address;
    site.configure({ uri: known, tls: { ca } }, { uri: other });
    answered(way, await call(way, known));
    failed(way, await call(way, other), /SERVER_TLS/, /not trusted here/, /tls: \{ ca: FILE \}/);
  });

  test(`${way}: a client certificate is given to the server that wants it`, async () => {
    const front = await site.front(await east.issue(), people.cert);
    const { cert, key } = site.files("trainer", await people.issue({ client: "trainer" }));
    site.configure({ uri: front.address, tls: { ca, cert, key } });
    answered(way, await call(way, front.address));
    assert.equal(front.clients, ["trainer"]);
  });

  test(`${way}: HTTP/2 is not offered`, async () => {
    const front = await site.front(await east.issue());
    site.configure({ uri: front.address, tls: { ca } });
    answered(way, await call(way, front.address));
    assert.equal(front.offered, [["http/1.1"]]);
  });

  test(`${way}: an expired certificate: nothing is sent, and the user hears why`, async () => {
    const { address } = await site.front(await east.issue({ ended: true }));
    site.configure({ uri: address, tls: { ca } });
    failed(way, await call(way, address), /SERVER_TLS/, /has expired \(CERT_HAS_EXPIRED\)/, /renewed/);
  });

  test(`${way}: a server without a credential of the file is explained as well`, async () => {
    const { address } = await site.front(await selfSigned());
    site.configure({ uri: address, auth: [] });
    failed(way, await call(way, address), /SERVER_TLS/, /is self-signed/, /tls: \{ ca: FILE \}/);
  });

  test(`${way}: insecureSkipVerify accepts any certificate, and a warning says so`, async () => {
    const { address } = await site.front(await selfSigned());
    site.configure({ uri: address, tls: { insecureSkipVerify: true } });
    const outcome = await call(way, address);
    answered(way, outcome);
    // A program under register has the log on its own stderr, with which it may do as it likes.
    assert.match(outcome.told, /certificate of https:\S+ is not verified/, way);
  });

  test(`${way}: a certificate file that is not there stops it before anything is sent`, async () => {
    const { address } = await site.front(await east.issue());
    site.configure({ uri: address, tls: { ca: "gone.pem" } });
    failed(way, await call(way, address), /TLS_FILE/, /gone\.pem can't be read: ENOENT/, /tls\.ca/);
  });
}

test("what MLflow's own variables say holds for servers without settings of their own", async () => {
  const plain = await site.front(await east.issue());
  const wanting = await site.front(await east.issue(), people.cert);
  const own = await site.front(await west.issue());
  const { cert, key } = await people.issue({ client: "variables" });
  const env = {
    MLFLOW_TRACKING_SERVER_CERT_PATH: ca,
    MLFLOW_TRACKING_CLIENT_CERT_PATH: site.project.write("both.pem", `${cert}\n${key}`),
  };
  const tls = { ca: site.files("west-ca", west).cert };
  site.configure({ uri: plain.address }, { uri: wanting.address }, { uri: own.address, tls });
  for (const front of [plain, wanting, own]) answered(front.address, await call("library", front.address, env));
  assert.equal(wanting.clients, ["variables"]);
  failed("without them", await call("library", plain.address));

  const unverified = await site.front(await selfSigned());
  site.configure({ uri: unverified.address });
  const outcome = await call("library", unverified.address, { MLFLOW_TRACKING_INSECURE_TLS: "true" });
  answered("insecure", outcome);
  assert.match(outcome.told, /not verified/);
});

test("two servers with different authorities: neither is accepted for the other", async () => {
  const fronts = [await site.front(await east.issue()), await site.front(await west.issue())] as const;
  const [eastern, western] = fronts.map(({ address }) => address) as [string, string];
  const westCa = site.files("west-ca", west).cert;
  site.configure({ uri: eastern, tls: { ca } }, { uri: western, tls: { ca: westCa } });
  answered("east", await call("library", eastern));
  answered("west", await call("library", western));
  fronts[0].replace(await west.issue());
  fronts[1].replace(await east.issue());
  failed("east", await call("library", eastern), /SERVER_TLS/);
  failed("west", await call("library", western), /SERVER_TLS/);
});

test("an authority in the file takes the place of the system's: it adds nothing to what other hosts may show", async () => {
  const listed = await site.front(await east.issue());
  const unlisted = await site.front(await east.issue());
  site.configure({ uri: listed.address, tls: { ca, insecureSkipVerify: true } });
  const outcome = await call("register", unlisted.address);
  assert.is(outcome.status, undefined);
  assert.match(outcome.told, /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN/);
  assert.not.match(outcome.told, /SERVER_TLS/);
});

test("each fault of a certificate has its own remedy", async () => {
  for (const [certificate, pattern] of [
    [await selfSigned(), /SERVER_TLS .* is self-signed \(DEPTH_ZERO_SELF_SIGNED_CERT\) .*ca: FILE/],
    [await east.issue({ host: "other.example" }), /another name \(ERR_TLS_CERT_ALTNAME_INVALID\) use the name/],
    [await east.issue({ client: "a client's" }), /SERVER_TLS/],
  ] as const) {
    const front = await site.front(certificate);
    site.configure(
      pattern.source.includes("self-signed") ? { uri: front.address } : { uri: front.address, tls: { ca } },
    );
    failed(pattern.source, await call("library", front.address), pattern);
    failed(`${pattern.source} through the proxy`, await call("proxy", front.address), /SERVER_TLS/);
  }
});

test("a port where nothing speaks TLS is named as that", async () => {
  const uri = site.server.origin.replace("http:", "https:");
  site.configure({ uri });
  failed("library", await call("library", uri), /SERVER_TLS .*nothing speaks TLS there/);
});

test("files that can't be used are told apart", async () => {
  const { address } = await site.front(await east.issue());
  const one = site.files("one", await people.issue({ client: "one" }));
  const two = site.files("two", await people.issue({ client: "two" }));
  const empty = site.project.write("empty.pem", "nothing here");
  const broken = site.project.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  for (const [tls, pattern] of [
    [{ ca, cert: one.cert, key: two.key }, /don't belong together .*tls\.cert.*tls\.key/],
    [{ ca, cert: one.cert }, /the key \S+ can't be used .*tls\.cert .*tls\.key/],
    [{ ca: empty }, /empty\.pem holds no PEM/],
    [{ ca: broken }, /broken\.pem holds no certificate that can be used .*tls\.ca /],
    [{ ca: site.project.folder }, /the CA file \S+ is not a regular file/],
  ] as const) {
    site.configure({ uri: address, tls });
    failed(pattern.source, await call("library", address), /TLS_FILE/, pattern);
  }
});

test("tls on an http server on loopback means nothing, whatever its files", async () => {
  site.configure({ uri: site.server.origin, tls: { ca: "gone.pem", insecureSkipVerify: true } });
  const outcome = await call("library", site.server.origin);
  answered("library", outcome);
  assert.is(outcome.told, "");
});

test.run();
