/** Secret ids that come wrapped, on any Vault. */
import { canary, revealedBy, secretSource } from "@mlflow-auth/core/testing";
import type { RealVault } from "@mlflow-auth/test/servers/vault";
import { rejected } from "@mlflow-auth/test/start-provider";
import type { Suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { appRole, startProvider, wrap, write } from "./start-provider.ts";

const SECRET_ID = "auth/approle/role/wrapped/secret-id";

export function wrappedCases(test: Suite, running: () => RealVault): void {
  /** Its logins can't be renewed, so that another one follows. */
  async function role(): Promise<string> {
    const settings = { token_policies: "mlflow", token_ttl: "20m", token_type: "batch" };
    await running().request("POST", "auth/approle/role/wrapped", settings);
    return (await appRole(running(), "wrapped")).VAULT_ROLE_ID;
  }

  async function wrapped(): Promise<string> {
    await role();
    return await wrap(running(), SECRET_ID);
  }

  /** Whether nobody has done so yet. */
  async function unwraps(wrapping: string): Promise<boolean> {
    const headers = { "X-Vault-Token": wrapping };
    return (await fetch(`${running().address}/v1/sys/wrapping/unwrap`, { method: "POST", headers })).ok;
  }

  async function started(wrapping: string | (() => string), mount = "approle") {
    const roleId = await role();
    const secretId = secretSource(wrapping, "the file /run/wrapped");
    const auth = { method: "approle" as const, roleId, secretId, wrapped: true, mount };
    return startProvider(running().address, { auth, secret: { path: "mlflow/wrapped" } });
  }

  test("a wrapped secret id logs in, and again when the login has ended", async () => {
    await write(running(), "secret/mlflow/wrapped", { token: "w" });
    const { headers, provider, context } = await started(` ${await wrapped()}\n`);
    assert.is(await headers(), "Authorization: Bearer w");
    // By then the login is over, and the wrapping token has been used up long ago.
    await context.clock.advance(21 * 60_000);
    await write(running(), "secret/mlflow/wrapped", { token: "w2" });
    await provider.invalidate("unauthorized", rejected);
    assert.is(await headers(), "Authorization: Bearer w2");
  });

  test("another wrapping token in the place of the first is exchanged, too", async () => {
    await write(running(), "secret/mlflow/wrapped", { token: "w" });
    const tokens = [await wrapped(), await wrapped()];
    const given = [...tokens];
    const { headers, provider, context } = await started(() => given.shift() ?? "none");
    await headers();
    await context.clock.advance(21 * 60_000);
    await provider.invalidate("unauthorized", rejected);
    await headers();
    assert.equal(given, []);
    for (const token of tokens) assert.is(await unwraps(token), false);
    assert.is(await unwraps(await wrapped()), true);
  });

  test("one that was used already is told as such, with what that may mean, and is not repeated", async () => {
    const token = await wrapped();
    await running().request("POST", "sys/wrapping/unwrap", {}, token);
    for (const text of [token, canary()]) {
      const error = await (await started(text)).fault();
      assert.is(error.code, "LOGIN_FAILED");
      assert.is(
        error.message,
        "Vault does not accept the wrapping token in the file /run/wrapped: it expired, or was used",
      );
      const remedy = error.remedy as string;
      assert.match(remedy, "put a new one there: `vault write -wrap-ttl=10m -f auth/approle/role/ROLE/secret-id`.");
      assert.match(remedy, "somebody else has the secret id");
      assert.match(remedy, "leave out auth.wrapped");
      assert.is(revealedBy(`${error.stack} ${remedy}`, text), undefined);
    }
  });

  test("what was wrapped by another call is refused before it is exchanged, and so is another method's", async () => {
    const forged = await wrap(running(), "sys/wrapping/wrap", { secret_id: canary() });
    const error = await (await started(forged)).fault();
    assert.is(error.code, "LOGIN_FAILED");
    assert.match(error.message, "was not made for a secret id of auth/approle");
    assert.match(error.remedy as string, "somebody may have taken the secret id out");
    // It is still there for who looks into it.
    assert.ok(await running().request("POST", "sys/wrapping/unwrap", {}, forged));
    const token = await wrapped();
    assert.match((await (await started(token, "team/approle")).fault()).message, "of auth/team/approle");
    assert.match((await (await started(token, "role")).fault()).message, "of auth/role");
  });

  test("a wrapping token that is not said to be one is asked about", async () => {
    const roleId = await role();
    const secretId = secretSource(await wrapped());
    const auth = { method: "approle" as const, roleId, secretId, wrapped: false, mount: "approle" };
    const error = await (await startProvider(running().address, { auth })).fault();
    assert.match(error.remedy as string, "If it is a wrapping token (-wrap-ttl), set auth.wrapped: true");
  });
}
