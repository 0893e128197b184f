import type { HttpRequest } from "@mlflow-auth/core/plugin";
import { fakeClock } from "@mlflow-auth/core/testing";
import { type FakeVault, startFakeVault } from "@mlflow-auth/test/servers/vault-fake";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { leaseOf } from "../src/faults.js";
import { appRole, asked, seed, startProvider, token, write } from "./start-provider.ts";
import { vaultCases } from "./vault-cases.ts";

const test = suite("vault plugin on the fake Vault");

async function byRole(vault: FakeVault, path: string) {
  return await startProvider(vault.address, { secret: { path } }, { env: await appRole(vault) });
}

vaultCases(
  test,
  () => startFakeVault(),
  (vault) => {
    test("asks for the login and the mount once, and for the secret each time", async () => {
      await write(vault(), "secret/mlflow/count", { token: "c" });
      const { headers, provider } = await byRole(vault(), "mlflow/count");
      assert.equal(await asked(vault(), headers), [
        "POST auth/approle/login 200",
        "GET sys/internal/ui/mounts/secret/mlflow/count 200",
        "GET secret/data/mlflow/count 200",
      ]);
      assert.equal(await asked(vault(), headers), []);
      await provider.invalidate("unauthorized", rejected);
      assert.equal(await asked(vault(), headers), ["GET secret/data/mlflow/count 200"]);
    });

    test("a secret is used for the time of the cache and no longer", async () => {
      await write(vault(), "secret/mlflow/ttl", { token: "t" });
      const env = { VAULT_TOKEN: await token(vault()) };
      for (const [ttl, inside, beyond] of [
        [60_000, 40_000, 25_000],
        [1, 700, 400],
        [99 * 3_600_000, 12 * 3_600_000, 13 * 3_600_000],
      ] as const) {
        const given = { secret: { path: "mlflow/ttl" }, cache: { ttl } };
        const { headers, context } = await startProvider(vault().address, given, { env });
        await headers();
        await context.clock.advance(inside);
        assert.equal(await asked(vault(), headers), [], `${ttl}`);
        await context.clock.advance(beyond);
        assert.equal(await asked(vault(), headers), ["GET secret/data/mlflow/ttl 200"], `${ttl}`);
      }
    });

    test("a lease of version 1 ends the use of the secret before the cache does", async () => {
      await write(vault(), "kv1/mlflow/lease", { token: "t", ttl: "30s" });
      const env = { VAULT_TOKEN: await token(vault()) };
      const given = { secret: { mount: "kv1", path: "mlflow/lease" } };
      const { headers, context } = await startProvider(vault().address, given, { env });
      await headers();
      await context.clock.advance(31_000);
      assert.equal(await asked(vault(), headers), ["GET kv1/mlflow/lease 200"]);
    });

    test("a denial makes one new login, not two", async () => {
      await write(vault(), "secret/hidden", { token: "t" });
      const { fault } = await byRole(vault(), "hidden");
      const requests = await asked(vault(), fault);
      assert.is(requests.filter((line) => line.startsWith("POST auth/approle/login")).length, 2, requests.join());
      const own = await startProvider(
        vault().address,
        { secret: { path: "hidden" } },
        { env: { VAULT_TOKEN: await token(vault()) } },
      );
      const once = await asked(vault(), own.fault);
      assert.is(once.filter((line) => line.startsWith("GET secret/data/hidden")).length, 1, once.join());
    });

    test("a revoked login is replaced at once", async () => {
      await write(vault(), "secret/mlflow/revoke", { token: "one" });
      const { headers, provider } = await byRole(vault(), "mlflow/revoke");
      await headers();
      vault().revoke(vault().logins().at(-1) as string);
      await provider.invalidate("unauthorized", rejected);
      assert.equal(await asked(vault(), headers), [
        "GET secret/data/mlflow/revoke 403",
        "POST auth/approle/login 200",
        "GET secret/data/mlflow/revoke 200",
      ]);
    });

    test("without an answer about the mount both versions are tried, and a denial is not hidden", async () => {
      const fake = vault();
      fake.faults.only = /^sys\/internal/;
      fake.faults.status = 403;
      try {
        await write(fake, "secret/mlflow/blind", { token: "two" });
        await write(fake, "kv1/mlflow/blind", { token: "one" });
        const env = { VAULT_TOKEN: await token(fake) };
        const read = async (mount: string, path: string) =>
          startProvider(fake.address, { secret: { mount, path } }, { env });
        assert.is(await (await read("secret", "mlflow/blind")).headers(), "Authorization: Bearer two");
        const one = await read("kv1", "mlflow/blind");
        assert.is(await one.headers(), "Authorization: Bearer one");
        await one.provider.invalidate("unauthorized", rejected);
        assert.is((await asked(fake, one.headers)).at(-1), "GET kv1/mlflow/blind 200");
        const denied = await (await read("secret", "other/blind")).fault();
        assert.is(denied.code, "SECRET_DENIED");
        const missing = await (await read("secret", "mlflow/absent")).fault();
        assert.is(missing.code, "SECRET_DENIED");
      } finally {
        fake.faults.only = undefined;
        fake.faults.status = undefined;
      }
    });

    test("an outage is bridged for as long as maxStale allows", async () => {
      const fake = vault();
      await write(fake, "secret/mlflow/stale", { token: "old" });
      const env = { VAULT_TOKEN: await token(fake) };
      const given = { secret: { path: "mlflow/stale" }, cache: { ttl: 60_000, maxStale: 600_000 } };
      const { headers, fault, context } = await startProvider(fake.address, given, { env });
      await headers();
      fake.faults.status = 503;
      try {
        await context.clock.advance(300_000);
        assert.is(await headers(), "Authorization: Bearer old");
        await context.clock.advance(400_000);
        assert.is((await fault()).transient, true);
      } finally {
        fake.faults.status = undefined;
      }
    });
  },
);

test("the namespace goes along with every request, and without it nothing is found", async () => {
  const vault = await startFakeVault({ namespace: "admin/ml" });
  try {
    await seed(vault);
    await write(vault, "secret/mlflow/auth", { token: "ns" });
    const env = await appRole(vault);
    vault.requests.length = 0;
    const { headers } = await startProvider(vault.address, { namespace: "admin/ml" }, { env });
    assert.is(await headers(), "Authorization: Bearer ns");
    assert.ok(vault.requests.every(({ namespace }) => namespace === "admin/ml"));
    const bare = await (await startProvider(vault.address, {}, { env })).fault();
    assert.is(bare.code, "LOGIN_FAILED");
    assert.match(bare.remedy as string, "set namespace (VAULT_NAMESPACE)");
  } finally {
    await vault.stop();
  }
});

/** Vault with one secret whose mount is of either version, and what it was asked. */
function oneSecret(state: { version: 1 | 2; token: string }) {
  const paths: string[] = [];
  const http = ({ url }: HttpRequest) => {
    const path = String(url).replace(/^.*\/v1\//, "");
    paths.push(path);
    const body = path.startsWith("sys/")
      ? { data: { path: "secret/", options: { version: String(state.version) } } }
      : path !== (state.version === 2 ? "secret/data/mlflow/auth" : "secret/mlflow/auth")
        ? undefined
        : { data: state.version === 2 ? { data: { token: state.token }, metadata: {} } : { token: state.token } };
    return { status: body === undefined ? 404 : 200, headers: {}, text: JSON.stringify(body ?? { errors: [] }) };
  };
  return { http, paths };
}

test("the version of a mount is asked once, and again when the secret is no longer where it was", async () => {
  const state = { version: 2 as 1 | 2, token: "two" };
  const { http, paths } = oneSecret(state);
  const { headers, provider } = await startProvider(
    "https://vault.example.com",
    {},
    { http, env: { VAULT_TOKEN: "t" } },
  );
  const reads = async () => {
    paths.length = 0;
    await provider.invalidate("unauthorized", rejected);
    const given = await headers();
    return [given, ...paths.filter((path) => !path.startsWith("auth/"))];
  };
  await headers();
  assert.equal(await reads(), ["Authorization: Bearer two", "secret/data/mlflow/auth"]);
  Object.assign(state, { version: 1, token: "one" });
  const mount = "sys/internal/ui/mounts/secret/mlflow/auth";
  assert.equal(await reads(), ["Authorization: Bearer one", "secret/data/mlflow/auth", mount, "secret/mlflow/auth"]);
  assert.equal(await reads(), ["Authorization: Bearer one", "secret/mlflow/auth"]);
});

test("in an outage a secret that was only suspected goes on, and one that a 401 refused does not", async () => {
  for (const [kind, served] of [
    ["suspected", true],
    ["unauthorized", false],
  ] as const) {
    const { http } = oneSecret({ version: 2, token: "old" });
    let down = false;
    const answer = (request: HttpRequest) =>
      down ? { status: 503, headers: {}, text: JSON.stringify({ errors: ["Vault is sealed"] }) } : http(request);
    const { headers, fault, provider } = await startProvider(
      "https://vault.example.com",
      { cache: { ttl: 60_000, maxStale: 600_000 } },
      { http: answer, env: { VAULT_TOKEN: "t" } },
    );
    await headers();
    down = true;
    await provider.invalidate(kind, rejected);
    if (served) assert.is(await headers(), "Authorization: Bearer old");
    else assert.is((await fault()).code, "SECRET_UNREACHABLE");
  }
});

test("the time that a fetch took is taken off the lease that it brought", async () => {
  const { http } = oneSecret({ version: 1, token: "leased" });
  const clock = fakeClock();
  let fetches = 0;
  const slow = async (request: HttpRequest) => {
    const answer = http(request);
    if (!String(request.url).endsWith("secret/mlflow/auth")) return answer;
    if (String(request.url).includes("/sys/")) return answer;
    fetches++;
    // Vault counts from when it answered; what comes after is on the way.
    await clock.advance(4_000);
    return { ...answer, text: JSON.stringify({ ...JSON.parse(answer.text), lease_duration: 10 }) };
  };
  const { headers } = await startProvider(
    "https://vault.example.com",
    { cache: { ttl: 60_000, maxStale: 60_000 } },
    { http: slow, env: { VAULT_TOKEN: "t" }, clock },
  );
  await headers();
  await clock.advance(6_000);
  await headers();
  assert.is(fetches, 2);
});

test("what is left of a lease is never negative, and what has no end has no lease", () => {
  assert.is(leaseOf({ lease_duration: 10 }, 4_000), 6_000);
  assert.is(leaseOf({ lease_duration: 10 }, 11_000), 0);
  for (const answer of [{ lease_duration: 0 }, { lease_duration: -1 }, { lease_duration: "10" }, {}, undefined]) {
    assert.is(leaseOf(answer, 0), undefined);
  }
});

test.run();
