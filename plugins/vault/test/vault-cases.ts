/** What holds on any Vault: run on the real one and on the fake, with cases of its own for each. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSource } from "@mlflow-auth/core/plugin";
import { secretSource } from "@mlflow-auth/core/testing";
import type { RealVault } from "@mlflow-auth/test/servers/vault";
import type { Suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { agentCases } from "./agent-cases.ts";
import { narrowPolicyCases } from "./narrow-policy-cases.ts";
import { secretCases } from "./secret-cases.ts";
import { appRole, type GivenOptions, seed, startProvider, startWithToken, token, write } from "./start-provider.ts";
import { wrappedCases } from "./wrapped-cases.ts";

export function vaultCases<V extends RealVault>(
  test: Suite,
  start: () => Promise<V>,
  own: (vault: () => V) => void,
): void {
  let vault: V;
  let folder: string;

  test.before(async () => {
    folder = await mkdtemp(join(tmpdir(), "vault-plugin-"));
    vault = await start();
    await seed(vault);
  });
  test.after(async () => {
    await vault?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const withToken = (given?: GivenOptions) => startWithToken(vault, given);

  secretCases(test, () => vault);
  narrowPolicyCases(test, () => vault);
  wrappedCases(test, () => vault);
  agentCases(test, () => vault);

  test("logs in by the variables alone", async () => {
    await write(vault, "secret/mlflow/env", { token: "e" });
    const env = await appRole(vault);
    const { headers } = await startProvider(vault.address, { secret: { path: "mlflow/env" } }, { env });
    assert.is(await headers(), "Authorization: Bearer e");
  });

  test("a wrong secret id and a missing auth method are refused in words", async () => {
    const { VAULT_ROLE_ID: roleId } = await appRole(vault);
    const auth = {
      method: "approle" as const,
      roleId,
      secretId: secretSource("canary-wrong"),
      mount: "approle",
      wrapped: false,
    };
    const wrong = await (await startProvider(vault.address, { auth })).fault();
    assert.is(wrong.code, "LOGIN_FAILED");
    assert.match(wrong.remedy as string, "vault write -f auth/approle/role/ROLE/secret-id");
    const nowhere = await (await startProvider(vault.address, { auth: { ...auth, mount: "machines" } })).fault();
    assert.is(nowhere.code, "LOGIN_FAILED");
    assert.match(nowhere.message, "no login at auth/machines");
  });

  test("a token of another Vault is told from a lack of permission", async () => {
    const { fault } = await startProvider(vault.address, {}, { env: { VAULT_TOKEN: "canary-unknown" } });
    const error = await fault();
    assert.is(error.code, "LOGIN_FAILED");
    assert.match(error.message, "does not accept the token in the variable VAULT_TOKEN");
    assert.match(error.remedy as string, /^put a new one into the variable VAULT_TOKEN \(`vault login`, /);
  });

  test("a token file is read again at each fetch", async () => {
    await write(vault, "secret/mlflow/file", { token: "f" });
    const file = join(folder, "token");
    await writeFile(file, "outdated\n");
    const given = { auth: { method: "token" as const, token: fileSource(file) }, secret: { path: "mlflow/file" } };
    const { headers, fault, context } = await startProvider(vault.address, given);
    assert.is((await fault()).code, "LOGIN_FAILED");
    await writeFile(file, `${await token(vault)}\n`);
    await context.clock.advance(60_000);
    assert.is(await headers(), "Authorization: Bearer f");
  });

  test("~/.vault-token comes last", async () => {
    await write(vault, "secret/mlflow/home", { token: "home" });
    const given = { secret: { path: "mlflow/home" } };
    const none = await (await startProvider(vault.address, given, { env: { HOME: join(folder, "nobody") } })).fault();
    assert.is(none.code, "SECRET_SOURCE");
    assert.match(none.message, "nothing to log in to Vault with");
    await writeFile(join(folder, ".vault-token"), `${await token(vault)}\n`);
    const { headers } = await startProvider(vault.address, given, { env: { HOME: folder } });
    assert.is(await headers(), "Authorization: Bearer home");
  });

  test("logs in by AppRole", async () => {
    await write(vault, "secret/mlflow/role", { token: "r" });
    const { VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId } = await appRole(vault);
    const auth = {
      method: "approle" as const,
      roleId,
      secretId: secretSource(` ${secretId}\n`),
      mount: "/approle/",
      wrapped: false,
    };
    const { headers } = await startProvider(vault.address, { auth, secret: { path: "mlflow/role" } });
    assert.is(await headers(), "Authorization: Bearer r");
  });

  own(() => vault);

  // These two end the Vault: they stay last.
  test("sealed is an outage of its own", async () => {
    const { fault } = await withToken();
    const role = await startProvider(vault.address, {}, { env: { VAULT_ROLE_ID: "r", VAULT_SECRET_ID: "s" } });
    await vault.request("PUT", "sys/seal");
    for (const error of [await fault(), await role.fault()]) {
      assert.is(error.code, "SECRET_UNREACHABLE");
      assert.match(error.message, "is sealed");
      assert.match(error.remedy as string, "vault operator unseal");
      assert.is(error.transient, true);
    }
  });

  test("stopped is an outage of its own", async () => {
    await vault.stop();
    const error = await (await startProvider(vault.address, {}, { env: { VAULT_TOKEN: "t" } })).fault();
    assert.is(error.code, "SECRET_UNREACHABLE");
    assert.match(error.message, "Vault does not answer");
    assert.match(error.message, "ECONNREFUSED");
    assert.is(error.transient, true);
  });
}
