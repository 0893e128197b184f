import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { builtCommand } from "../built-command.ts";
import { type Authority, createAuthority } from "../servers/certificates.ts";
import { callsOf } from "./outcomes.ts";
import { createSite, type Site } from "./site.ts";
import { ways } from "./ways.ts";

const test = suite("authorities that a variable of other programs names");

let site: Site;
let east: Authority;
let west: Authority;
let ca: string;
let westCa: string;

test.before(async () => {
  site = await createSite();
  east = await createAuthority("east");
  west = await createAuthority("west");
  ca = site.project.write("east-ca.pem", east.cert);
  westCa = site.project.write("west-ca.pem", west.cert);
});
test.after(() => site.stop());
test.beforeEach(() => {
  site.server.received.length = 0;
});

const { call, answered, failed } = callsOf(() => site);

for (const variable of ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]) {
  test(`${variable} stands for tls.ca where neither the file nor MLflow's variable has one`, async () => {
    const front = await site.front(await east.issue());
    const own = await site.front(await west.issue());
    site.configure({ uri: front.address }, { uri: own.address, tls: { ca: westCa } });
    for (const way of ["library", "register", "exec"] as const) {
      answered(way, await call(way, front.address, { [variable]: ca }));
      answered(way, await call(way, own.address, { [variable]: ca }));
      failed(way, await call(way, front.address, { [variable]: westCa }), /SERVER_TLS/);
    }
    const both = { MLFLOW_TRACKING_SERVER_CERT_PATH: ca, [variable]: westCa };
    answered("MLflow's first", await call("library", front.address, both));
    const gone = { MLFLOW_TRACKING_SERVER_CERT_PATH: "/nowhere.pem", [variable]: ca };
    failed("MLflow's binds", await call("library", front.address, gone), /TLS_FILE/);
  });
}

/** What can't be used, and the words that say why. */
function useless(): [path: string, why: RegExp][] {
  const folder = join(site.project.folder, "not-hashed");
  mkdirSync(folder, { recursive: true });
  cpSync(ca, join(folder, "east.pem"));
  return [
    [join(site.project.folder, "gone.pem"), /gone\.pem, which can't be read \(ENOENT\)/],
    [folder, /not-hashed, which is a folder without certificates that openssl rehash has named/],
    [site.project.write("empty.pem", "\n"), /empty\.pem, which is empty/],
    [site.project.write("words.pem", "no PEM"), /words\.pem, which holds no certificate that can be used/],
    [
      site.project.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
      /broken\.pem, which holds no certificate/,
    ],
  ];
}

test("one that can't be used is named by the failure that it may be the cause of, whatever is wrong with it", async () => {
  const { address } = await site.front(await east.issue());
  site.configure({ uri: address });
  for (const [path, why] of useless()) {
    const outcome = await call("library", address, { SSL_CERT_FILE: path });
    failed(path, outcome, /^SERVER_TLS/, why, /so that it is not used: correct it or unset it/, /tls: \{ ca: FILE \}/);
    assert.match(outcome.told, /SSL_CERT_FILE names \S+: the usual|the usual authorities are trusted in its place/);
  }
});

for (const way of Object.keys(ways)) {
  test(`${way}: one that can't be used is told, and the failure that it may be the cause of names it`, async () => {
    const { address } = await site.front(await east.issue());
    site.configure({ uri: address });
    const env = { REQUESTS_CA_BUNDLE: "/nowhere.pem" };
    const named = /REQUESTS_CA_BUNDLE names \/nowhere\.pem, which can't be read \(ENOENT\)/;
    failed(way, await call(way, address, env), /SERVER_TLS/, named, /correct it or unset it/);
  });

  if (way === "library" || way === "interceptor") continue;
  test(`${way}: a server whose authority is known without it is asked all the same, after one warning`, async () => {
    const [first, second] = [await site.front(await east.issue()), await site.front(await east.issue())];
    site.configure({ uri: first.address }, { uri: second.address });
    for (const [path, why] of useless().slice(0, 2)) {
      // In place of a public authority.
      const outcome = await call(way, first.address, { NODE_EXTRA_CA_CERTS: ca, CURL_CA_BUNDLE: path });
      answered(way, outcome);
      assert.match(outcome.told, why);
      assert.is(outcome.told.split("CURL_CA_BUNDLE names").length, 2, outcome.told);
      assert.match(outcome.told, /Try this: correct it or unset it, or set `tls: \{ ca: FILE \}` of the server/);
    }
  });
}

test("a file that this user may not read is none that can be used", { user: "other" }, async () => {
  const { address } = await site.front(await east.issue());
  site.configure({ uri: address });
  const path = site.project.write("secret.pem", east.cert, 0o000);
  failed(
    "library",
    await call("library", address, { SSL_CERT_FILE: path }),
    /secret\.pem, which can't be read \(EACCES\)/,
  );
});

test("a folder as openssl rehash makes it counts, and nothing in it that has another name", async () => {
  const known = await site.front(await east.issue());
  const unknown = await site.front(await west.issue());
  site.configure({ uri: known.address }, { uri: unknown.address });
  const folder = join(site.project.folder, "hashed");
  mkdirSync(folder);
  const hash = execFileSync("openssl", ["x509", "-hash", "-noout", "-in", ca], { encoding: "utf8" }).trim();
  cpSync(ca, join(folder, `${hash}.0`));
  site.project.write("hashed/00000000.0", "no PEM");
  cpSync(westCa, join(folder, "west.pem"));
  for (const way of ["library", "exec"]) {
    answered(way, await call(way, known.address, { REQUESTS_CA_BUNDLE: folder }));
    failed(way, await call(way, unknown.address, { REQUESTS_CA_BUNDLE: folder }), /SERVER_TLS/, /not trusted here/);
  }
  rmSync(folder, { recursive: true });
});

test("doctor names it with the connection, whether that holds or not, and never where the file has an authority of its own", async () => {
  const front = await site.front(await east.issue());
  const doctor = (env: Record<string, string>) => {
    const { PATH = "", HOME = "" } = process.env;
    const given = { PATH, HOME, SSL_CERT_FILE: "/nowhere.pem", ...env };
    return new Promise<string>((resolve) => {
      execFile(
        process.execPath,
        [builtCommand, "doctor", "--json"],
        { cwd: site.project.folder, env: given },
        (_, stdout) => resolve(stdout),
      );
    });
  };
  const connection = (text: string) =>
    JSON.parse(text).servers[0].links.find(({ link }: { link: string }) => link === "connection");
  site.configure({ uri: front.address });
  const broken = connection(await doctor({}));
  assert.is(broken.state, "broken");
  assert.match(broken.found, "SSL_CERT_FILE names /nowhere.pem, which can't be read (ENOENT), so that it is not used");
  const fine = connection(await doctor({ NODE_EXTRA_CA_CERTS: ca }));
  assert.is(fine.state, "fine", JSON.stringify(fine));
  assert.match(fine.warnings.join(), "SSL_CERT_FILE names /nowhere.pem");
  site.configure({ uri: front.address, tls: { ca } });
  assert.not.match(await doctor({}), "SSL_CERT_FILE");
});

test.run();
