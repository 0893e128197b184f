import { writeFileSync } from "node:fs";
import { loadMlflowAuth, type MlflowAuth } from "@mlflow-auth/core";
import { suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { type Authority, createAuthority } from "../servers/certificates.ts";
import { createSite, type Site } from "./site.ts";

const test = suite("certificate files that are replaced while a program runs");

let site: Site;
let servers: Authority;
let people: Authority;

test.before(async () => {
  site = await createSite();
  servers = await createAuthority("servers");
  people = await createAuthority("people");
});
test.after(() => site.stop());

async function load(config: object, warnings: string[] = []): Promise<MlflowAuth> {
  const warn = (_fields: object, message: string) => void warnings.push(message);
  const logger = { debug() {}, info() {}, warn, error: warn };
  return loadMlflowAuth({ config: config as never, cwd: site.project.folder, env: {}, logger });
}

/** Goes on calling, each time with success, until it is so. */
function callUntil(auth: MlflowAuth, uri: string, so: () => boolean): Promise<unknown> {
  return until(async () => {
    const answer = await auth.fetch(`${uri}/api`);
    assert.is(await answer.text(), "fine");
    return so();
  });
}

test("a client certificate: the new one is used without a restart and without a failed request", async () => {
  const front = await site.front(await servers.issue(), people.cert);
  const files = site.files("client", await people.issue({ client: "first" }));
  const ca = site.files("ca", servers).cert;
  const warnings: string[] = [];
  const auth = await load(site.configure({ uri: front.address, tls: { ca, ...files } }), warnings);
  try {
    await callUntil(auth, front.address, () => front.clients.includes("first"));
    const second = await people.issue({ client: "second" });
    // Half of it: what there is stays in use, with one warning.
    writeFileSync(files.cert, second.cert);
    await callUntil(auth, front.address, () => warnings.length > 0);
    assert.match(warnings[0] ?? "", /don't belong together; the certificates read before stay in use/);
    writeFileSync(files.key, second.key);
    await callUntil(auth, front.address, () => front.clients.includes("second"));
    assert.is(warnings.length, 1);
  } finally {
    await auth.close();
  }
});

test("an authority: the server's next certificate is accepted once the file has it", async () => {
  const next = await createAuthority("next");
  const front = await site.front(await servers.issue());
  const ca = site.project.write("authority.pem", servers.cert);
  const auth = await load(site.configure({ uri: front.address, tls: { ca } }));
  const trusted = () =>
    auth.fetch(`${front.address}/api`).then(
      (answer) => answer.text(),
      (error: { code?: string }) => error.code,
    );
  try {
    assert.is(await trusted(), "fine");
    front.replace(await next.issue());
    await until(async () => (await trusted()) === "SERVER_TLS");
    writeFileSync(ca, `${servers.cert}\n${next.cert}`);
    await until(async () => (await trusted()) === "fine");
  } finally {
    await auth.close();
  }
});

test.run();
