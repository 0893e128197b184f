import { fileURLToPath } from "node:url";
import { loadMlflowAuth } from "@mlflow-auth/core";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createAuthority } from "../servers/certificates.ts";
import { type ConnectProxy, startConnectProxy } from "../servers/connect-proxy.ts";
import { startTlsFront, type TlsFront } from "../servers/tls-front.ts";
import { type FakeVault, startFakeVault } from "../servers/vault-fake.ts";
import { createSite, type Site } from "./site.ts";

const test = suite("a secret backend behind a corporate proxy");

/** A name that no resolver knows. */
const VAULT = "vault.example.test";

let site: Site;
let vault: FakeVault;
let front: TlsFront;
let proxy: ConnectProxy;
let env: Record<string, string>;

test.before(async () => {
  site = await createSite();
  const authority = await createAuthority();
  vault = await startFakeVault();
  const certificate = await authority.issue({ host: VAULT });
  front = await startTlsFront({ upstream: vault.address, certificate });
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await vault.request("POST", "secret/data/mlflow/auth", { data: { token: "from-vault" } });
  proxy = await startConnectProxy({ routes: { [`${VAULT}:443`]: Number(new URL(front.address).port) } });
  env = {
    VAULT_ADDR: `https://${VAULT}`,
    VAULT_TOKEN: vault.rootToken,
    VAULT_CACERT: site.project.write("ca.pem", authority.cert),
    HTTPS_PROXY: `http://${proxy.host}`,
    HTTP_PROXY: `http://${proxy.host}`,
  };
});
test.after(async () => {
  await proxy.stop();
  await front.stop();
  await vault.stop();
  await site.stop();
});
test.beforeEach(() => {
  proxy.refuse(undefined);
  proxy.targets.length = 0;
});

/** Finds the vault plugin among the dependencies of the tests. */
const cwd = fileURLToPath(new URL("..", import.meta.url));

async function header(given: Record<string, string>): Promise<string | undefined> {
  const config = {
    version: 1,
    trackingUri: site.server.origin,
    plugins: { vault: { secret: { mount: "secret", path: "mlflow/auth" } } },
  };
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const auth = await loadMlflowAuth({ config: config as never, cwd, env: given, logger });
  try {
    return (await auth.headers(site.server.origin))["Authorization"];
  } finally {
    await auth.close();
  }
}

const failure = (given: Record<string, string>) =>
  header(given).then(
    () => "there was a credential",
    (error: Error) => error.message,
  );

test("is reached through HTTPS_PROXY, which sees neither token nor secret", async () => {
  assert.is(await header(env), "Bearer from-vault");
  assert.ok(proxy.targets.length > 0);
  assert.ok(proxy.targets.every((target) => target === `${VAULT}:443`));
  for (const text of [...proxy.heard, proxy.tunnelled(`${VAULT}:443`)]) {
    assert.not.match(text, vault.rootToken);
    assert.not.match(text, "from-vault");
  }
});

test("on loopback it is reached directly, whatever the variables say", async () => {
  assert.is(await header({ ...env, VAULT_ADDR: vault.address }), "Bearer from-vault");
  assert.equal(proxy.targets, []);
});

test("a host in NO_PROXY is not asked for through the proxy", async () => {
  assert.match(await failure({ ...env, NO_PROXY: VAULT }), /ENOTFOUND|EAI_AGAIN/);
  assert.equal(proxy.targets, []);
});

test("a proxy that refuses is named as what is in the way", async () => {
  proxy.refuse(407);
  assert.match(
    await failure(env),
    /vault\.example\.test can't be reached: the proxy \S+ \(HTTPS_PROXY\) .*answered 407/,
  );
});

test.run();
