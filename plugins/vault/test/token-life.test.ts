import { Secret } from "@mlflow-auth/core/plugin";
import { type FakeClock, fakeClock, secretSource } from "@mlflow-auth/core/testing";
import { type FakeVault, startFakeVault } from "@mlflow-auth/test/servers/vault-fake";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { VaultClient } from "../src/client.js";
import { createRenewalTimer, grantedLife, renew } from "../src/tokens.js";
import { appRole, asked, type GivenOptions, seed, startProvider, token, write } from "./start-provider.ts";

const test = suite("the life of the vault plugin's token");

const minutes = (count: number) => count * 60_000;
const READ = "GET secret/data/mlflow/auth 200";
const RENEW = "POST auth/token/renew-self 200";
const LOGIN = "POST auth/approle/login 200";

let clock: FakeClock;
let vault: FakeVault;

test.beforeEach(async () => {
  clock = fakeClock();
  vault = await startFakeVault({ now: () => clock.wallTime() });
  await seed(vault);
  await write(vault, "secret/mlflow/auth", { token: "t" });
});
test.afterEach(() => vault.stop());

/** A provider that has fetched once; `fetch` makes it do so again. */
async function running(env: Record<string, string>, given: GivenOptions = {}) {
  const started = await startProvider(vault.address, given, { env, clock });
  await started.headers();
  const fetch = () =>
    asked(vault, async () => {
      await started.provider.invalidate("unauthorized", rejected);
      await started.headers();
    });
  return { ...started, fetch };
}

async function byRole(settings: Record<string, unknown>) {
  await vault.request("POST", "auth/approle/role/mlflow", { token_policies: "mlflow", ...settings });
  return await running(await appRole(vault));
}

const byToken = async (settings: Record<string, unknown>) => running({ VAULT_TOKEN: await token(vault, settings) });
const warnings = ({ context }: Awaited<ReturnType<typeof running>>) =>
  context.logs.filter(({ level }) => level === "warn").map(({ message }) => message);

test("a login is renewed at two thirds of its life, again and again, and never made anew", async () => {
  const { fetch } = await byRole({ token_ttl: "30m" });
  assert.equal(await asked(vault, () => idle(minutes(19))), []);
  assert.equal(await fetch(), [READ]);
  assert.equal(await asked(vault, () => idle(minutes(2))), [RENEW]);
  for (let renewals = 0; renewals < 5; renewals++) {
    assert.equal(await asked(vault, () => idle(minutes(20))), [RENEW]);
    assert.equal(await fetch(), [READ]);
  }
});

test("a login is renewed also while nobody asks for a secret, until the provider is closed", async () => {
  const { fetch, provider } = await byRole({ token_ttl: "30m", secret_id_num_uses: 1 });
  assert.equal(await asked(vault, () => idle(minutes(61))), [RENEW, RENEW, RENEW]);
  assert.equal(await fetch(), [READ]);
  await provider.close?.();
  assert.equal(await asked(vault, () => idle(minutes(61))), []);
});

test("a login that could not be renewed in time is made anew once somebody asks", async () => {
  const { fetch } = await byRole({ token_ttl: "30m" });
  vault.faults.sealed = true;
  const attempts = await asked(vault, () => idle(minutes(60)));
  assert.ok(attempts.length < 30, `${attempts.length} attempts`);
  vault.faults.sealed = false;
  assert.equal(await fetch(), [LOGIN, READ]);
});

test("a login that can't be renewed and ended while nobody asked is made anew", async () => {
  const { fetch } = await byRole({ token_ttl: "30m", token_type: "batch" });
  assert.equal(await asked(vault, () => idle(minutes(31))), []);
  assert.equal(await fetch(), [LOGIN, READ]);
});

test("a login without an end is kept", async () => {
  await vault.request("POST", "auth/approle/role/mlflow", { token_policies: "root" });
  const { fetch } = await running(await appRole(vault));
  await clock.advance(minutes(60 * 24 * 20));
  assert.equal(await fetch(), [READ]);
});

test("a batch token can't be renewed: another login replaces it while it still holds", async () => {
  const { fetch } = await byRole({ token_ttl: "30m", token_type: "batch" });
  await clock.advance(minutes(21));
  assert.equal(await fetch(), [READ, LOGIN]);
  await clock.advance(minutes(19));
  assert.equal(await fetch(), [READ]);
});

test("a renewal that is denied becomes another login", async () => {
  const { fetch } = await byRole({ token_ttl: "30m", token_no_default_policy: true });
  assert.equal(await asked(vault, () => idle(minutes(21))), ["POST auth/token/renew-self 403", LOGIN]);
  await clock.advance(minutes(19));
  assert.equal(await fetch(), [READ]);
});

test("near its max_ttl a renewal brings little, so another login replaces the token", async () => {
  const { fetch } = await byRole({ token_ttl: "30m", token_max_ttl: "65m" });
  const seen: string[] = [];
  for (let time = 0; time < 65; time += 5) {
    seen.push(...(await asked(vault, () => idle(minutes(5)))));
    seen.push(...(await fetch()));
  }
  assert.equal(
    seen.filter((line) => line !== READ),
    [RENEW, RENEW, RENEW, LOGIN],
  );
});

test("a renewal that Vault can't answer now is put off, and nobody waits for it", async () => {
  const role = await byRole({ token_ttl: "30m" });
  Object.assign(vault.faults, { only: /renew-self/, status: 503 });
  assert.equal(await asked(vault, () => idle(minutes(21))), ["POST auth/token/renew-self 503"]);
  assert.equal(await role.fetch(), [READ]);
  vault.faults.status = undefined;
  assert.equal(await asked(vault, () => idle(minutes(4))), [RENEW]);
  assert.equal(await role.fetch(), [READ]);
});

test("where neither a renewal nor a login is to be had the token serves to its end, with a warning", async () => {
  const role = await byRole({ token_ttl: "30m", token_type: "batch" });
  Object.assign(vault.faults, { only: /approle\/login/, status: 400 });
  await clock.advance(minutes(21));
  assert.equal(await role.fetch(), [READ, "POST auth/approle/login 400"]);
  assert.match(warnings(role).join(), "goes on with the login that it has: Vault refused");
  assert.equal(await role.fetch(), [READ]);
  await clock.advance(minutes(10));
  await role.provider.invalidate("unauthorized", rejected);
  assert.is((await role.fault()).code, "LOGIN_FAILED");
});

test("a given token is renewed at two thirds of its life, also while nobody asks for a secret", async () => {
  const given = await byToken({ ttl: "30m" });
  assert.equal(await given.fetch(), [READ]);
  for (let renewals = 0; renewals < 4; renewals++) {
    const seen = await asked(vault, () => idle(minutes(22)));
    assert.equal(seen, [RENEW]);
  }
  assert.equal(await given.fetch(), [READ]);
  assert.equal(warnings(given), []);
  await given.provider.close?.();
  assert.equal(await asked(vault, () => idle(minutes(29))), []);
});

test("a given token that can't be renewed is warned about once, while there is time", async () => {
  for (const settings of [
    { ttl: "30m", renewable: false },
    { ttl: "30m", type: "batch" },
    { ttl: "30m", explicit_max_ttl: "31m" },
  ]) {
    const given = await byToken(settings);
    await idle(minutes(15));
    assert.equal(warnings(given), []);
    await idle(minutes(6));
    await given.fetch();
    await idle(minutes(5));
    await given.fetch();
    const [warning, ...more] = warnings(given);
    assert.match(
      warning ?? "",
      /the Vault token in the variable VAULT_TOKEN ends in (9|10|11) min and can't be renewed/,
    );
    assert.equal(more, []);
    await idle(minutes(10));
    await given.provider.invalidate("unauthorized", rejected);
    const error = await given.fault();
    assert.is(error.code, "LOGIN_FAILED");
    assert.match(error.message, "it expired");
    await given.provider.close?.();
  }
});

test("a given token that was renewed by nobody for long is renewed at once", async () => {
  const text = await token(vault, { ttl: "30m" });
  await clock.advance(minutes(25));
  const seen = await asked(vault, () => running({ VAULT_TOKEN: text }));
  assert.equal(seen.slice(-3), [READ, "GET auth/token/lookup-self 200", RENEW]);
});

test("a given token that may not look itself up serves all the same", async () => {
  const given = await byToken({ ttl: "30m", no_default_policy: true });
  assert.ok(vault.requests.some(({ path, status }) => path === "auth/token/lookup-self" && status === 403));
  assert.equal(await given.fetch(), [READ]);
  assert.equal(warnings(given), []);
});

test("the root token needs no care", async () => {
  const given = await running({ VAULT_TOKEN: vault.rootToken });
  await clock.advance(minutes(60 * 24 * 400));
  assert.equal(await given.fetch(), [READ]);
});

test("a token that took the place of another is looked after in its stead", async () => {
  let text = await token(vault, { ttl: "30m" });
  const auth = { method: "token" as const, token: secretSource(() => text, "the file t") };
  const given = await running({}, { auth });
  text = await token(vault, { ttl: "90m" });
  assert.equal(await asked(vault, () => idle(minutes(25))), []);
  assert.equal(await given.fetch(), [READ, "GET auth/token/lookup-self 200"]);
  assert.equal(await asked(vault, () => idle(minutes(36))), [RENEW]);
  await given.provider.close?.();
});

test("Node's timers end at 24 days, the life of a token does not", async () => {
  const given = await byToken({ ttl: "1440h" });
  assert.equal(await asked(vault, () => idle(minutes(60 * 24 * 39), minutes(60))), []);
  assert.equal(await asked(vault, () => idle(minutes(60 * 24 * 2), minutes(60))), [RENEW]);
  await given.provider.close?.();
});

test("the care for a token leaves no trace of it in the log", async () => {
  const text = await token(vault, { ttl: "30m", renewable: false });
  const given = await running({ VAULT_TOKEN: text });
  await idle(minutes(25));
  await given.fetch();
  assert.is(warnings(given).length, 1);
  assert.not.ok(JSON.stringify(given.context.logs).includes(text));
});

/** Time goes by in which nobody asks for a secret; what timers set going meanwhile has come to its end. */
async function idle(milliseconds: number, step = minutes(1)): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += step) {
    const before = vault.requests.length;
    await clock.advance(step);
    // A request that a timer sent needs real time to be answered.
    while (vault.requests.length > before && vault.requests.at(-1)?.status === undefined) await turn();
    if (vault.requests.length > before) for (let turns = 0; turns < 20; turns++) await turn();
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

test("a life without measure is not looked after without pause", async () => {
  for (const lease of [Number.MAX_VALUE, JSON.parse("1e999")]) {
    const { dueAt, endsAt } = grantedLife(new Secret("t"), { lease_duration: lease, renewable: true }, 0);
    assert.ok(Number.isFinite(endsAt) && dueAt > endsAt / 2, `${lease}: ${dueAt}`);
  }
});

test("a renewal that grants no second leaves a token with the end that it had", async () => {
  const life = grantedLife(new Secret("t"), { lease_duration: 60, renewable: true }, clock.now());
  const body = { auth: { lease_duration: 0, renewable: true } };
  const client = { write: async () => ({ status: 200, body }) } as unknown as VaultClient;
  assert.equal(await renew(life, client, clock), { ...life, renewable: false });
});

test("a renewal that does not get through is told as such", async () => {
  const life = grantedLife(new Secret("t"), { lease_duration: 60, renewable: true }, clock.now());
  const client = { write: async () => Promise.reject(new Error("down")) } as unknown as VaultClient;
  assert.is(await renew(life, client, clock), "unreachable");
});

test("a token that is closed while it is looked after is not looked after again", async () => {
  let reminded = 0;
  const timer = createRenewalTimer(clock, async () => void reminded++);
  timer.at(clock.now() + 10_000);
  timer.close();
  timer.at(clock.now() + 10_000);
  await clock.advance(20_000);
  assert.is(reminded, 0);
});

test.run();
