/** `mlflow-auth doctor` where the chain breaks at the server's name, or at the connection to it. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Authority, type Certificate, createAuthority, selfSigned } from "../servers/certificates.ts";
import { startConnectProxy } from "../servers/connect-proxy.ts";
import { freePort } from "../servers/process/free-port.ts";
import { startTlsFront, type TlsFront } from "../servers/tls-front.ts";
import { missing } from "../servers/tools.ts";
import { ask, assertBroken, assertFine, createPatient, linkOf, type Patient } from "./fixture/doctor.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("doctor, on the way to the server", { missing: await missing("mlflow", "vault", "nginx") });
let stage: Stage;
let patient: Patient;
let upstream: string;
let authority: Authority;
/** The option `tls` for a server whose certificate the authority has signed. */
let tls: string;
let ca: string;
const fronts: TlsFront[] = [];

test.before(async () => {
  stage = await startStage();
  patient = await createPatient(stage);
  upstream = (await stage.openFront(bearer(patient.secret))).uri;
  authority = await createAuthority();
  ca = patient.project.write("ca.pem", authority.cert);
  tls = `tls: { ca: ${ca} }`;
});
test.afterEach(async () => {
  for (const front of fronts.splice(0)) await front.stop();
});
test.after(() => stage.stop());

async function front(certificate: Certificate, clientAuthority?: string): Promise<TlsFront> {
  const started = await startTlsFront({ upstream, certificate, clientAuthority });
  fronts.push(started);
  return started;
}

test("a host name that nobody knows", async () => {
  const broken = { link: "name", told: /host name mlflow\.invalid is unknown/, remedy: /correct the host/, code: 4 };
  await patient.fixes(broken, { uri: "https://mlflow.invalid" }, () => ({ uri: stage.mlflow.uri }));
});

test("a server that was stopped", async () => {
  const front = await stage.openFront(bearer(patient.secret));
  await front.stop();
  const broken = {
    link: "connection",
    told: /nothing listens there \(ECONNREFUSED\)/,
    remedy: /host and port/,
    code: 4,
  };
  await patient.fixes(broken, { uri: front.uri }, async () => ({
    uri: (await stage.openFront(bearer(patient.secret))).uri,
  }));
});

test("a certificate that has expired", async () => {
  const expired = await front(await authority.issue({ ended: true }));
  const file = { uri: expired.address, server: tls };
  await patient.fixes(
    { link: "connection", told: /has expired/, remedy: /have it renewed/, code: 4 },
    file,
    async () => {
      expired.replace(await authority.issue());
      return file;
    },
  );
  const told = await ask(patient.project, patient.env);
  assert.match(
    linkOf(told, "connection").warnings[0] as string,
    /^the certificate ends on \d{4}-\d\d-\d\d: have it renewed/,
  );
});

test("a certificate of an authority that is not known here", async () => {
  const { address } = await front(await authority.issue());
  const broken = {
    link: "connection",
    told: /authority that is not trusted here/,
    remedy: /tls: { ca: FILE }/,
    code: 4,
  };
  await patient.fixes(broken, { uri: address }, () => ({ uri: address, server: tls }));
});

test("a certificate that is its own authority, and a warning where it is not verified", async () => {
  const certificate = await selfSigned();
  const { address } = await front(certificate);
  const own = patient.project.write("own.pem", certificate.cert);
  const broken = { link: "connection", told: /self-signed/, remedy: /tls: { ca: FILE }/, code: 4 };
  await patient.fixes(broken, { uri: address }, () => ({ uri: address, server: `tls: { ca: ${own} }` }));
  patient.put({ uri: address, server: "tls: { insecureSkipVerify: true }" });
  assert.match(
    linkOf(await ask(patient.project, patient.env), "connection").warnings[0] as string,
    /insecureSkipVerify: .*set tls\.ca/,
  );
});

test("a certificate for another name", async () => {
  const { address } = await front(await authority.issue({ host: "localhost" }));
  const told = /is for another name .*; it is for localhost$/;
  const broken = { link: "connection", told, remedy: /use the name that it was issued for/, code: 4 };
  await patient.fixes(broken, { uri: address, server: tls }, () => ({
    uri: address.replace("127.0.0.1", "localhost"),
    server: tls,
  }));
});

test("a server that wants a client certificate", async () => {
  const people = await createAuthority("people");
  const { address } = await front(await authority.issue(), people.cert);
  const { cert, key } = await people.issue({ client: "trainer" });
  const both = `tls: { ca: ${ca}, cert: ${patient.project.write("t.pem", cert)}, key: ${patient.project.write("t.key", key)} }`;
  const broken = { link: "connection", told: /client certificate|hangs up/, remedy: /cert/, code: 4 };
  await patient.fixes(broken, { uri: address, server: tls }, () => ({ uri: address, server: both }));
});

test("https where plain http is spoken", async () => {
  const broken = { link: "connection", told: /nothing speaks TLS there/, remedy: /write http:\/\//, code: 4 };
  await patient.fixes(broken, { uri: stage.mlflow.uri.replace("http:", "https:") }, () => ({ uri: stage.mlflow.uri }));
});

test("http where TLS is spoken", async () => {
  const { address } = await front(await authority.issue());
  const broken = {
    link: "connection",
    told: /hangs up without an answer|speaks TLS/,
    remedy: /write https:\/\//,
    code: 4,
  };
  await patient.fixes(broken, { uri: address.replace("https:", "http:") }, () => ({ uri: address, server: tls }));
});

test("a certificate file that is not there", async () => {
  const { address } = await front(await authority.issue());
  const broken = { link: "connection", told: /gone\.pem can't be read: ENOENT/, remedy: /correct tls\.ca/, code: 3 };
  await patient.fixes(broken, { uri: address, server: "tls: { ca: gone.pem }" }, () => ({ uri: address, server: tls }));
});

test("a proxy that the environment names and that is not there", async () => {
  const host = "mlflow.corporation.test";
  const { address } = await front(await authority.issue({ host }));
  const proxy = await startConnectProxy({ routes: { [`${host}:443`]: Number(new URL(address).port) } });
  patient.put({ uri: `https://${host}`, server: tls });
  const gone = { ...patient.env, HTTPS_PROXY: `http://127.0.0.1:${await freePort()}` };
  const remedy = /HTTPS_PROXY has its address/;
  assertBroken(await ask(patient.project, gone), {
    link: "connection",
    told: /the proxy .* can't be reached/,
    remedy,
    code: 4,
  });
  const told = await ask(patient.project, { ...patient.env, HTTPS_PROXY: `http://${proxy.host}` });
  assertFine(told);
  assert.match(linkOf(told, "name").found, /unknown here, and a proxy .* may know it/);
  assert.match(linkOf(told, "connection").found, /by way of the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\)/);
  await proxy.stop();
});

test.run();
