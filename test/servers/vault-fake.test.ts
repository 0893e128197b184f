/** What the real Vault can't be made to do. For all else, test/contract/vault.test.ts holds the fake to the real one. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type FakeVault, startFakeVault } from "./vault-fake.ts";

const test = suite("the fake Vault's switches");

let vault: FakeVault;
let now: number;

test.beforeEach(async () => {
  now = 1_700_000_000_000;
  vault = await startFakeVault({ now: () => now });
  await vault.request("POST", "sys/mounts/kv", { type: "kv" });
  await vault.request("POST", "kv/a", { token: "one" });
  vault.requests.length = 0;
});
test.afterEach(() => vault.stop());

const read = (signal?: AbortSignal) =>
  fetch(`${vault.address}/v1/kv/a`, { headers: { "X-Vault-Token": vault.rootToken }, signal: signal ?? null });

test("is sealed and unsealed", async () => {
  vault.faults.sealed = true;
  const answer = await read();
  assert.is(answer.status, 503);
  assert.equal(await answer.json(), { errors: ["Vault is sealed"] });
  vault.faults.sealed = false;
  assert.is((await read()).status, 200);
});

test("answers with a given status, to some calls only", async () => {
  vault.faults.status = 429;
  assert.is((await read()).status, 429);
  vault.faults.only = /^auth\//;
  assert.is((await read()).status, 200);
});

test("resets the connection", async () => {
  vault.faults.reset = true;
  const error = await read().catch((reason: Error) => reason);
  assert.is(((error as Error).cause as NodeJS.ErrnoException).code, "ECONNRESET");
});

test("hangs until the caller gives up, and tells so", async () => {
  vault.faults.hang = true;
  const controller = new AbortController();
  const pending = read(controller.signal).catch((reason: Error) => reason.name);
  while (vault.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort();
  assert.is(await pending, "AbortError");
  assert.is(vault.requests[0]?.status, undefined);
});

test("stops although it hangs", async () => {
  vault.faults.hang = true;
  const pending = read().catch((reason: Error) => reason.name);
  while (vault.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await vault.stop();
  assert.is(await pending, "TypeError");
});

test("lists the requests without what they carried", async () => {
  await read();
  assert.equal(vault.requests, [{ method: "GET", path: "kv/a", namespace: undefined, token: true, status: 200 }]);
});

test("lets tokens run out by the given clock", async () => {
  const { auth } = await vault.request("POST", "auth/token/create", { policies: ["root"], ttl: "60s" });
  await vault.request("GET", "kv/a", undefined, auth.client_token);
  now += 61_000;
  const error = await vault.request("GET", "kv/a", undefined, auth.client_token).catch((reason: Error) => reason);
  assert.match((error as Error).message, "403");
});

test("ends a token at once", async () => {
  const { auth } = await vault.request("POST", "auth/token/create", { policies: ["root"] });
  vault.revoke(auth.client_token);
  const error = await vault.request("GET", "kv/a", undefined, auth.client_token).catch((reason: Error) => reason);
  assert.match((error as Error).message, "invalid token");
});

test("wants its namespace", async () => {
  const enterprise = await startFakeVault({ namespace: "team" });
  try {
    await enterprise.request("POST", "sys/mounts/kv", { type: "kv" });
    const headers = { "X-Vault-Token": enterprise.rootToken };
    const without = await fetch(`${enterprise.address}/v1/sys/internal/ui/mounts/kv`, { headers });
    assert.is(without.status, 403);
    assert.equal(
      enterprise.requests.map(({ namespace }) => namespace),
      ["team", undefined],
    );
  } finally {
    await enterprise.stop();
  }
});

test.run();
