/** What holds of secrets on any Vault: where they are, which fields and versions they have, and what is told of those that can't be used. */
import type { RealVault } from "@mlflow-auth/test/servers/vault";
import type { Suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type GivenOptions, startProvider, startWithToken, write } from "./start-provider.ts";

export function secretCases(test: Suite, running: () => RealVault): void {
  const withToken = (given?: GivenOptions) => startWithToken(running(), given);

  for (const [what, path, secret, data, given, wanted] of [
    ["KV 2, a token", "secret/mlflow/two", {}, { token: "t2" }, {}, "Authorization: Bearer t2"],
    ["KV 1, a token", "kv1/mlflow/one", { mount: "kv1" }, { token: "t1" }, {}, "Authorization: Bearer t1"],
    ["a nested mount", "team/kv/mlflow/n", { mount: "team/kv" }, { token: "n" }, {}, "Authorization: Bearer n"],
    [
      "a nested mount split elsewhere",
      "team/kv/mlflow/s",
      { mount: "team", path: "kv/mlflow/s" },
      { token: "s" },
      {},
      "Authorization: Bearer s",
    ],
    [
      "slashes around mount and path",
      "team/kv/mlflow/e",
      { mount: "/team/kv/", path: "/mlflow//e/" },
      { token: "e" },
      {},
      "Authorization: Bearer e",
    ],
    [
      "data/ as the API has it",
      "secret/mlflow/api",
      { path: "data/mlflow/api" },
      { token: "api" },
      {},
      "Authorization: Bearer api",
    ],
    [
      "odd characters in the path",
      "secret/mlflow/a b%2Fé&#x2F;",
      {},
      { token: "odd" },
      {},
      "Authorization: Bearer odd",
    ],
    ["sys/health in the path", "secret/mlflow/sys/health", {}, { token: "h" }, {}, "Authorization: Bearer h"],
    [
      "user and password",
      "secret/mlflow/up",
      {},
      { username: "u", password: "p:w" },
      { credential: { mode: "basic" } },
      "Authorization: Basic dTpwOnc=",
    ],
    [
      "a custom header",
      "secret/mlflow/custom",
      {},
      { token: "c" },
      { credential: { header: "X-Api-Key" } },
      "X-Api-Key: c",
    ],
    [
      "one field with user:password",
      "secret/mlflow/f1",
      {},
      { value: "u:p" },
      { credential: { mode: "basic" } },
      "Authorization: Basic dTpw",
    ],
    ["one field with JSON", "secret/mlflow/f2", {}, { value: '{"token":"j"}' }, {}, "Authorization: Bearer j"],
    [
      "a named field with a token",
      "secret/mlflow/n1",
      { field: "b" },
      { a: "x", b: "y" },
      {},
      "Authorization: Bearer y",
    ],
    [
      "a named field before the fields of usual names",
      "secret/mlflow/n2",
      { field: "api" },
      { token: "no", api: '{"token":"yes"}' },
      {},
      "Authorization: Bearer yes",
    ],
    [
      "a named field with user:password",
      "kv1/mlflow/n3",
      { mount: "kv1", field: "login" },
      { login: "u:p", host: "h" },
      { credential: { mode: "basic" } },
      "Authorization: Basic dTpw",
    ],
    [
      "a named field with fields of its own",
      "secret/mlflow/n4",
      { field: "mlflow" },
      { mlflow: { token: "inner" }, other: "x" },
      {},
      "Authorization: Bearer inner",
    ],
    [
      "one field beside a lease",
      "kv1/mlflow/f3",
      { mount: "kv1" },
      { value: "l", ttl: "1h" },
      {},
      "Authorization: Bearer l",
    ],
  ] as const) {
    test(`reads ${what}`, async () => {
      const { mount = "secret" } = secret as { mount?: string };
      await write(running(), path.replace("a b%2Fé&#x2F;", encodeURIComponent("a b%2Fé&#x2F;")), data);
      const { headers } = await withToken({ ...given, secret: { path: path.slice(mount.length + 1), ...secret } });
      assert.is(await headers(), wanted);
    });
  }

  test("tells a missing secret, its mount and a denial apart", async () => {
    await write(running(), "secret/other", { token: "x" });
    const missing = await (await withToken({ secret: { path: "mlflow/none" } })).fault();
    assert.is(missing.code, "SECRET_NOT_FOUND");
    assert.match(missing.message, "no secret secret/mlflow/none");
    assert.match(missing.remedy as string, "vault kv put -mount=secret mlflow/none");
    assert.is(missing.transient, false);
    // node-vault takes any answer of a path with sys/health in it for success.
    const health = await (await withToken({ secret: { path: "mlflow/sys/health/none" } })).fault();
    assert.is(health.code, "SECRET_NOT_FOUND");
    const one = await (await withToken({ secret: { mount: "kv1", path: "mlflow/none" } })).fault();
    assert.match(one.message, "no secret kv1/mlflow/none");
    const repeated = await (
      await startProvider(
        running().address,
        { secret: { path: "secret/mlflow/none" } },
        { env: { VAULT_TOKEN: running().rootToken } },
      )
    ).fault();
    assert.match(
      repeated.remedy as string,
      "secret.path goes without the mount, which is secret.mount: write secret.path: mlflow/none",
    );
    const denied = await (await withToken({ secret: { path: "other" } })).fault();
    assert.is(denied.code, "SECRET_DENIED");
    assert.match(denied.remedy as string, 'path "secret/data/other" { capabilities = ["read"] }');
    const nowhere = await (await withToken({ secret: { mount: "nope", path: "x" } })).fault();
    assert.is(nowhere.code, "SECRET_DENIED");
    assert.match(nowhere.remedy as string, /^check secret.mount \(nope\) and secret.path \(x\) first/);
    const root = await (
      await startProvider(
        running().address,
        { secret: { mount: "nope", path: "x" } },
        { env: { VAULT_TOKEN: running().rootToken } },
      )
    ).fault();
    assert.is(root.code, "SECRET_NOT_FOUND");
    assert.match(root.message, "no secrets engine mounted at nope");
  });

  test("tells a deleted version from one that never was", async () => {
    await write(running(), "secret/mlflow/gone", { token: "x" });
    await running().request("DELETE", "secret/data/mlflow/gone");
    const deleted = await (await withToken({ secret: { path: "mlflow/gone" } })).fault();
    assert.is(deleted.code, "SECRET_NOT_FOUND");
    assert.match(deleted.message, "version 1 of secret/mlflow/gone was deleted");
    assert.match(deleted.remedy as string, "vault kv undelete -versions=1 -mount=secret mlflow/gone");
  });

  test("reads the version that is named, and tells a missing and a deleted one", async () => {
    for (const secret of ["v1", "v2", "v3"]) await write(running(), "secret/mlflow/versions", { token: secret });
    await running().request("POST", "secret/delete/mlflow/versions", { versions: [2] });
    const at = (version: number) => withToken({ secret: { path: "mlflow/versions", version } });
    assert.is(await (await at(1)).headers(), "Authorization: Bearer v1");
    const missing = await (await at(9)).fault();
    assert.is(missing.code, "SECRET_NOT_FOUND");
    assert.match(missing.message, "no version 9 of secret/mlflow/versions");
    const deleted = await (await at(2)).fault();
    assert.match(deleted.message, "version 2 of secret/mlflow/versions was deleted");
    assert.match(deleted.remedy as string, "vault kv undelete -versions=2 -mount=secret mlflow/versions");
    assert.match(deleted.remedy as string, "set another secret.version");
  });

  test("a version that is named is an error where none are kept", async () => {
    await write(running(), "kv1/mlflow/plain", { token: "newest" });
    const { fault } = await withToken({ secret: { mount: "kv1", path: "mlflow/plain", version: 1 } });
    const error = await fault();
    assert.is(error.code, "SECRET_NOT_FOUND");
    assert.match(error.message, "KV version 1, which keeps no versions");
    assert.is(error.remedy, "leave out secret.version");
  });

  test("a named field that is missing, empty or no text is refused without a value", async () => {
    await write(running(), "secret/mlflow/fields", { first: "canary-f", empty: " ", number: 7 });
    const at = async (field: string) => (await withToken({ secret: { path: "mlflow/fields", field } })).fault();
    for (const [field, told] of [
      ["second", /has the fields empty, first, number, and not the one that secret.field names/],
      ["empty", /the field in secret.field of the secret secret\/mlflow\/fields is empty/],
      ["number", /is neither a text nor a mapping/],
      ["constructor", /not the one that secret.field names/],
    ] as const) {
      const error = await at(field);
      assert.is(error.code, "SECRET_FORMAT");
      assert.match(error.message, told);
      assert.not.match(error.message, "canary");
    }
  });

  test("names the fields of a secret that it can't use, and no value", async () => {
    await write(running(), "secret/mlflow/many", { host: "canary-h", port: 1, "odd name": "canary-o" });
    const error = await (await withToken({ secret: { path: "mlflow/many" } })).fault();
    assert.is(error.code, "SECRET_FORMAT");
    assert.match(error.message, "the secret secret/mlflow/many has the fields host, …, port");
    assert.not.match(error.message, "canary");
  });
}
