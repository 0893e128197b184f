/** What is told of a token that may read one secret and nothing else, on any Vault: the place first, the policy after it. */
import type { RealVault } from "@mlflow-auth/test/servers/vault";
import type { Suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startProvider, token, write } from "./start-provider.ts";

const POLICY =
  'path "secret/data/narrow/auth" { capabilities = ["read"] }\npath "kv1/narrow/auth" { capabilities = ["read"] }';

export function narrowPolicyCases(test: Suite, running: () => RealVault): void {
  async function narrow(secret: { mount?: string; path: string; version?: number }) {
    await running().request("PUT", "sys/policies/acl/narrow", { policy: POLICY });
    const env = { VAULT_TOKEN: await token(running(), { policies: ["narrow"] }) };
    return await startProvider(running().address, { secret }, { env });
  }

  for (const [what, secret, wanted] of [
    [
      "a slip in the path",
      { path: "narrow/atuh" },
      /^check secret.mount \(secret\) and secret.path \(narrow\/atuh\) first, for Vault says the same .* If both are right, give the token a policy with: `path "secret\/data\/narrow\/atuh" /,
    ],
    [
      "a slip in the mount",
      { mount: "secrets", path: "narrow/auth" },
      /^check secret.mount \(secrets\) and secret.path \(narrow\/auth\) first/,
    ],
    [
      "the mount in the path",
      { path: "secret/narrow/auth" },
      /^secret.path goes below secret.mount and begins with it: write secret.path: narrow\/auth. If the secret really is at secret\/secret\/narrow\/auth, give the token a policy with: `path "secret\/data\/secret\/narrow\/auth" /,
    ],
    [
      "the path of the HTTP API",
      { path: "secret/data/narrow/auth" },
      /begins with it: write secret.path: narrow\/auth\./,
    ],
    ["version 1", { mount: "kv1", path: "kv1/data/auth" }, /begins with it: write secret.path: data\/auth\./],
    ["the mount alone", { path: "secret" }, /begins with it: write the secret's own path\./],
  ] as const) {
    test(`a narrow policy and ${what}: the place is named before the policy`, async () => {
      const error = await (await narrow(secret)).fault();
      assert.is(error.code, "SECRET_DENIED");
      assert.match(error.remedy as string, wanted);
    });
  }

  test("a path that begins as the mount does is read where it is right", async () => {
    await write(running(), "secret/secret/x", { token: "doubled" });
    const env = { VAULT_TOKEN: running().rootToken };
    const { headers } = await startProvider(running().address, { secret: { path: "secret/x" } }, { env });
    assert.is(await headers(), "Authorization: Bearer doubled");
    const near = await startProvider(running().address, { secret: { path: "secretive/x" } }, { env });
    assert.not.match((await near.fault()).remedy as string, "goes without the mount");
  });

  test("where nothing stands, the mount in the path is named before a version that is pinned", async () => {
    const env = { VAULT_TOKEN: running().rootToken };
    const secret = { path: "secret/data/mlflow/auth", version: 3 };
    const error = await (await startProvider(running().address, { secret }, { env })).fault();
    assert.is(error.code, "SECRET_NOT_FOUND");
    assert.is(
      error.remedy,
      "secret.path goes without the mount, which is secret.mount: write secret.path: mlflow/auth",
    );
  });
}
