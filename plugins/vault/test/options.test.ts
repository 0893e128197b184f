import { loadConfig } from "@mlflow-auth/core/internal";
import { isMlflowAuthError } from "@mlflow-auth/core/plugin";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { VaultOptions } from "../src/generated/options.js";

const test = suite("the vault plugin's options");

/** The options as the plugin gets them, by a file with `vault` in it. */
async function load(vault: Record<string, unknown>, env: Record<string, string> = {}): Promise<VaultOptions> {
  const config = {
    version: 1,
    trackingUri: "https://mlflow.example.com",
    plugins: { vault: { address: "https://vault.example.com", secret: { path: "mlflow/auth" }, ...vault } },
  };
  const { instances } = await loadConfig({
    config,
    cwd: import.meta.dirname,
    env: { ...env, MLFLOW_AUTH_PLUGIN_ROOT: ROOT },
  });
  return instances[0]?.options as unknown as VaultOptions;
}

/** A package that has the plugin among its dependencies. */
const ROOT = new URL("../../../test", import.meta.url).pathname;

async function problems(vault: Record<string, unknown>, env: Record<string, string> = {}): Promise<string> {
  try {
    await load(vault, env);
  } catch (error) {
    if (isMlflowAuthError(error)) return error.problems.map(({ code, message }) => `${code} ${message}`).join("\n");
    throw error;
  }
  throw new Error("the options were accepted");
}

test("a login by Kubernetes needs a role alone", async () => {
  const { auth } = await load({ auth: { method: "kubernetes", role: "trainer" } });
  const jwtFile = "/var/run/secrets/kubernetes.io/serviceaccount/token";
  assert.equal({ ...auth }, { method: "kubernetes", role: "trainer", jwtFile, mount: "kubernetes" });
  assert.match(
    await problems({ auth: { method: "kubernetes" } }),
    "MISSING_FIELD `plugins.vault.auth.role` is missing",
  );
});

test("a login by JWT takes the JWT as a secret, and a role or none", async () => {
  const { auth } = await load({ auth: { method: "jwt", jwt: { env: "CI_JOB_JWT" } } }, { CI_JOB_JWT: "j" });
  if (auth?.method !== "jwt") throw new Error("another method");
  assert.equal([auth.role, auth.mount, auth.jwt.origin], [undefined, "jwt", "the variable CI_JOB_JWT"]);
  assert.match(await problems({ auth: { method: "jwt", role: "ci" } }), "MISSING_FIELD `plugins.vault.auth.jwt`");
});

test("client certificates come in pairs, from the file or from Vault's own variables", async () => {
  const pair = { VAULT_CLIENT_CERT: "/c.pem", VAULT_CLIENT_KEY: "/k.pem" };
  const { tls } = await load({}, pair);
  assert.equal([tls.certFile, tls.keyFile], ["/c.pem", "/k.pem"]);
  assert.match(await problems({ tls: { certFile: "c.pem" } }), /`plugins.vault.tls` .*keyFile/);
  assert.match(await problems({}, { VAULT_CLIENT_KEY: "/k.pem" }), /`plugins.vault.tls` .*certFile/);
});

test("a version is a whole number from 1 on, and a field has a name", async () => {
  const path = "mlflow/auth";
  assert.is((await load({ secret: { path, version: 3 } })).secret.version, 3);
  assert.match(await problems({ secret: { path, version: 0 } }), "`plugins.vault.secret.version` must be >= 1");
  assert.match(await problems({ secret: { path, version: "latest" } }), "must be a whole number");
  assert.match(await problems({ secret: { path, field: " " } }), "must be the name of a field");
});

test.run();
