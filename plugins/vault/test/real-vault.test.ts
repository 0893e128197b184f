import { missing } from "@mlflow-auth/test/servers/tools";
import { type RealVault, startVault } from "@mlflow-auth/test/servers/vault";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { appRole, startProvider, token, write } from "./start-provider.ts";
import { vaultCases } from "./vault-cases.ts";

const test = suite("vault plugin on the real Vault", { missing: await missing("vault") });

vaultCases(
  test,
  () => startVault(),
  (vault) => {
    test("a login is used for many fetches, and made anew when Vault revokes it", async () => {
      await write(vault(), "secret/mlflow/login", { token: "first" });
      await vault().request("POST", "auth/approle/role/kept", { token_policies: "mlflow" });
      const env = await appRole(vault(), "kept");
      const { headers, provider } = await startProvider(vault().address, { secret: { path: "mlflow/login" } }, { env });
      assert.is(await headers(), "Authorization: Bearer first");
      const accessors = async () => (await logins(vault(), "kept")).map(({ accessor }) => accessor);
      const [accessor, ...others] = await accessors();
      assert.is(others.length, 0);

      await write(vault(), "secret/mlflow/login", { token: "second" });
      await provider.invalidate("unauthorized", rejected);
      assert.is(await headers(), "Authorization: Bearer second");
      assert.equal(await accessors(), [accessor]);

      await vault().request("POST", "auth/token/revoke-accessor", { accessor });
      await write(vault(), "secret/mlflow/login", { token: "third" });
      await provider.invalidate("unauthorized", rejected);
      assert.is(await headers(), "Authorization: Bearer third");
      assert.is((await accessors()).length, 1);
    });

    test("a login is renewed when two thirds of its life are over", async () => {
      await write(vault(), "secret/mlflow/renewed", { token: "r" });
      await vault().request("POST", "auth/approle/role/short", { token_policies: "mlflow", token_ttl: "20m" });
      const env = await appRole(vault(), "short");
      const given = { secret: { path: "mlflow/renewed" } };
      const { headers, provider, context } = await startProvider(vault().address, given, { env });
      await headers();
      const [before] = await logins(vault(), "short");
      assert.is(before?.["last_renewal"], undefined);
      await context.clock.advance(14 * 60_000);
      await provider.invalidate("unauthorized", rejected);
      assert.is(await headers(), "Authorization: Bearer r");
      const [after, ...others] = await logins(vault(), "short");
      assert.is(after?.["accessor"], before?.["accessor"]);
      assert.type(after?.["last_renewal"], "string");
      assert.is(others.length, 0);
    });

    test("a given token is renewed while nobody asks for a secret", async () => {
      await write(vault(), "secret/mlflow/given", { token: "g" });
      const env = { VAULT_TOKEN: await token(vault(), { ttl: "20m" }) };
      const given = { secret: { path: "mlflow/given" } };
      const { headers, provider, context } = await startProvider(vault().address, given, { env });
      await headers();
      const renewal = async () =>
        (await vault().request("GET", "auth/token/lookup-self", undefined, env.VAULT_TOKEN)).data.last_renewal;
      assert.is(await renewal(), undefined);
      await context.clock.advance(14 * 60_000);
      for (let attempt = 1; (await renewal()) === undefined; attempt++) {
        assert.ok(attempt < 200, "it is not renewed");
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      await provider.close?.();
    });

    test("a login that may be used once still brings the secret", async () => {
      await vault().request("POST", "auth/approle/role/once", { token_policies: "mlflow", token_num_uses: 1 });
      await write(vault(), "secret/mlflow/once", { token: "o" });
      const env = await appRole(vault(), "once");
      const { headers } = await startProvider(vault().address, { secret: { path: "mlflow/once" } }, { env });
      assert.is(await headers(), "Authorization: Bearer o");
    });

    test("a destroyed version is told from a deleted one", async () => {
      await write(vault(), "secret/mlflow/destroyed", { token: "x" });
      await vault().request("PUT", "secret/destroy/mlflow/destroyed", { versions: [1] });
      const env = { VAULT_TOKEN: await token(vault()) };
      const { fault } = await startProvider(vault().address, { secret: { path: "mlflow/destroyed" } }, { env });
      const error = await fault();
      assert.is(error.code, "SECRET_NOT_FOUND");
      assert.match(error.message, "version 1 of secret/mlflow/destroyed was destroyed");
    });

    test("finds the secret where its mount was upgraded to version 2", async () => {
      await vault().request("POST", "sys/mounts/grows", { type: "kv", options: { version: "1" } });
      await vault().request("POST", "grows/mlflow", { token: "one" });
      const env = { VAULT_TOKEN: vault().rootToken };
      const given = { secret: { mount: "grows", path: "mlflow" } };
      const { headers, provider, context } = await startProvider(vault().address, given, { env });
      assert.is(await headers(), "Authorization: Bearer one");
      await vault().request("POST", "sys/mounts/grows/tune", { options: { version: "2" } });
      await provider.invalidate("unauthorized", rejected);
      for (let attempt = 1; ; attempt++) {
        try {
          assert.is(await headers(), "Authorization: Bearer one");
          return;
        } catch (error) {
          if (attempt === 100 || !(error as { transient?: boolean }).transient) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
          await context.clock.advance(60_000);
        }
      }
    });
  },
);
test.run();

/** What Vault tells of the tokens that logins to a role have brought. */
async function logins(vault: RealVault, role: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (const accessor of (await vault.request("LIST", "auth/token/accessors")).data.keys) {
    // A token that has run out since is gone.
    const { data } = await vault
      .request("POST", "auth/token/lookup-accessor", { accessor })
      .catch(() => ({ data: {} }));
    if (data.path === "auth/approle/login" && data.meta?.role_name === role) found.push(data);
  }
  return found;
}
