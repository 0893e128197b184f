/** `mlflow-auth doctor` where nothing is broken, or more than one thing. What is broken in one place stands in `broken-setups`. */
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createAuthority } from "../servers/certificates.ts";
import { freePort } from "../servers/process/free-port.ts";
import { missing } from "../servers/tools.ts";
import { behindProxy } from "./broken-setups/corporate-proxy.ts";
import { carryStranger } from "./broken-setups/own-site.ts";
import { admit, type Patient } from "./broken-setups/patient.ts";
import { openScene, type Scene } from "./broken-setups/scene.ts";
import { ask, assertFine, linkOf } from "./fixture/doctor.ts";

const test = suite("doctor, of a whole set-up", { missing: await missing("mlflow", "vault", "nginx") });
let scene: Scene;
let patient: Patient;
test.before(async () => {
  scene = await openScene();
});
test.beforeEach(() => {
  patient = admit(scene);
});

const told = () => ask(patient.project, patient.env);

test("all is well, and the file in use is named", async () => {
  const report = await told();
  assertFine(report);
  assert.is(report.file, join(patient.project.folder, "mlflow-auth.yaml"));
  const { stdout } = await patient.doctor();
  assert.match(stdout, /^mlflow-auth\.yaml\n {2}ok {4}file /);
  assert.match(stdout, /\nAll is well\.\n$/);
});

test("through a proxy that alone knows the server's name, both are told", async () => {
  const proxy = await behindProxy(patient);
  patient.set("HTTPS_PROXY", `http://${proxy.host}`);
  const report = await told();
  assertFine(report);
  assert.match(linkOf(report, "name").found, /unknown here, and a proxy .* may know it/);
  assert.match(linkOf(report, "connection").found, /by way of the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\)/);
});

test("a certificate that ends soon is warned about", async () => {
  const authority = await createAuthority();
  const { uri } = await scene.openSite(`location / { ${scene.pass} }`, await authority.issue());
  const ca = patient.project.write("ca.pem", authority.cert);
  patient.edit(scene.front.uri, `${uri}\ntls: { ca: ${ca} }`);
  const report = await told();
  assertFine(report);
  assert.match(
    linkOf(report, "connection").warnings[0] ?? "",
    /^the certificate ends on \d{4}-\d\d-\d\d: have it renewed/,
  );
});

/** Another Vault plugin is asked first, whose secret was never written. */
function askAnotherFirst(): void {
  patient.edit("plugins:", "auth: [empty, vault]\nplugins:");
  const address = `address: ${scene.vault.address}`;
  patient.put(`${patient.file()}  empty: { plugin: vault, ${address}, secret: { path: mlflow/nothing } }\n`);
}

test("of two plugins the first fails: which answered is told, and why the first did not", async () => {
  askAnotherFirst();
  const report = await told();
  assertFine(report);
  const { found, warnings } = linkOf(report, "secret");
  assert.match(found, /^from vault,/);
  assert.match(warnings[0] ?? "", /no secret secret\/mlflow\/nothing; asking vault instead/);
  assert.match(report.verdict, /one warning/);
});

test("both of two plugins fail: both reasons and both remedies", async () => {
  askAnotherFirst();
  patient.edit("mlflow/auth", "other/none");
  const { broken, links, run } = await told();
  assert.equal([broken?.link, run.code], ["secret", 4], run.stdout);
  const found = links.find(({ link }) => link === "secret")?.found ?? "";
  assert.match(found, /empty: .*mlflow\/nothing.*vault: Vault denied reading/);
  assert.match(broken?.remedy ?? "", /empty: check .*vault: check /);
});

test("with every debug switch on, no secret is printed", async () => {
  await carryStranger(patient);
  const file = patient.file();
  const sites = await Promise.all(
    ["return 403;", "return 302 https://login.example.com/start?to=$request_uri;"].map((answer) =>
      scene.openSite(`location / { ${answer} }`),
    ),
  );
  const down = `http://127.0.0.1:${await freePort()}`;
  const quiet = "http,https,http2,net,tls,fetch,undici";
  for (const format of ["json", "text"]) {
    const switches = { MLFLOW_AUTH_LOG: "debug", MLFLOW_AUTH_LOG_FORMAT: format, DEBUG: "*", NODE_DEBUG: quiet };
    for (const uri of [scene.mlflow.uri, down, ...sites.map((site) => site.uri)]) {
      patient.put(file.replace(scene.front.uri, uri));
      // `run` fails if the output holds one.
      const run = await patient.project.run(["mlflow-auth", "doctor"], { env: { ...patient.env, ...switches } });
      assert.match(run.stderr, /asked|fetched|goes/);
    }
  }
});

test.run();
