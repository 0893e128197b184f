/** What a refusal makes the gate do where more than the secret changes: headers of others, the store, the reason. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Authorization } from "../../src/pipeline/compose.js";
import { isSecret, Secret } from "../../src/secret/secret.js";
import { authSlot, gateOver, headerSlot, type Listed } from "./gate-fixture.js";

const test = suite("renewal after a refusal");
const uri = "https://mlflow.test";
const request = { url: `${uri}/api/2.0/mlflow/runs/get`, method: "GET" };

/** A secret store, and a gate whose requests carry what it holds. */
function setup(others: Partial<Listed> = {}) {
  const state = { stored: "1", fetches: 0 };
  let cached: { headers: { Authorization: Secret } } | undefined;
  const fetched = () => {
    state.fetches++;
    return { headers: { Authorization: new Secret(`Bearer ${state.stored}`) } };
  };
  const slot = authSlot(
    "store",
    () => (cached ??= fetched()),
    () => (cached = undefined),
  );
  const { gate, clock, log } = gateOver([{ uri, auth: [slot], ...others }], undefined, { debug: true });
  async function send(suspicion: "credential" | "permission" | "login page") {
    const authorization = (await gate.authorize(request)) as Authorization;
    return tokenOf(await gate.refused(authorization, { suspicion }, request));
  }
  return { state, gate, clock, log, send, refresh: () => (cached = undefined) };
}

function tokenOf(authorization: Authorization | undefined): string | undefined {
  const value = authorization?.headers.find(([name]) => name === "Authorization")?.[1];
  return isSecret(value) ? value.reveal() : value;
}

test("a header that is another one with each request hides neither a rotation nor that nothing was rotated", async () => {
  let count = 0;
  const { state, send } = setup({ headers: [headerSlot("counter", () => ({ "X-Count": String(count++) }))] });
  assert.is(await send("credential"), undefined);
  assert.is(state.fetches, 2);
  assert.is(await send("credential"), undefined, "the same secret again");
  assert.is(state.fetches, 2, "the store is left alone");

  const rotated = setup({ headers: [headerSlot("counter", () => ({ "X-Count": String(count++) }))] });
  await rotated.gate.authorize(request);
  rotated.state.stored = "2";
  assert.is(await rotated.send("credential"), "Bearer 2");
});

test("a secret that came in place of a refused one is asked about at once when it is refused, too", async () => {
  const { state, clock, send, refresh } = setup();
  for (let round = 0; round < 4; round++) {
    assert.is(await send("credential"), undefined);
    await clock.advance(100_000);
  }
  // The cache's own refresh brings the second one; nobody was refused for it. Then the third one comes.
  state.stored = "2";
  refresh();
  assert.is(await send("permission"), undefined);
  state.stored = "3";
  assert.is(await send("credential"), "Bearer 3");
});

test("403s that have to do with something else don't keep a rotation from being noticed", async () => {
  const { state, send } = setup();
  assert.is(await send("permission"), undefined);
  assert.is(await send("permission"), undefined);
  state.stored = "2";
  assert.is(await send("credential"), "Bearer 2");
});

test("a login page is explained also where another refusal has been", async () => {
  const { send, log } = setup();
  for (const suspicion of ["credential", "permission", "login page", "login page"] as const) await send(suspicion);
  const warnings = log.filter(({ level }) => level === "warn").map(({ fields }) => fields.reason);
  assert.equal(warnings, ["credential", "permission", "login page"]);
});

test("at debug one can follow what became of a refusal", async () => {
  const { state, send, log } = setup();
  await send("credential");
  state.stored = "2";
  await send("permission");
  const lines = log.filter(({ level, message }) => level === "debug" && message.includes("answered"));
  assert.equal(
    lines.map(({ message }) => message),
    [
      `GET to ${uri}: answered 401; there is no other credential now, so the answer is passed on`,
      `GET to ${uri}: answered 403; store has another credential by now; it goes once more if its body can be sent again`,
    ],
  );
});

test("who waits for somebody else's renewal gets the credential for the request of their own", async () => {
  let token = "1";
  const slot = authSlot("signing", async ({ url }) => {
    const value = new Secret(`Bearer ${token} for ${url.pathname}`);
    await new Promise(setImmediate);
    return { headers: { Authorization: value } };
  });
  const renewals = authSlot("signing", slot.provider.getAuth, () => {
    token = "2";
  });
  const { gate } = gateOver([{ uri, auth: [renewals] }]);
  const requests = ["/a", "/b"].map((path) => ({ url: uri + path, method: "GET" }));
  const refused = await Promise.all(requests.map((each) => gate.authorize(each) as Promise<Authorization>));
  const renewed = await Promise.all(
    refused.map((each, index) => gate.refused(each, { suspicion: "credential" }, requests[index] as typeof request)),
  );
  assert.equal(renewed.map(tokenOf), ["Bearer 2 for /a", "Bearer 2 for /b"]);
});

test.run();
