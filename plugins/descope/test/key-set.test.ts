/** How often Descope is asked for its keys, and which of them are taken. */
import { generateKeyPairSync } from "node:crypto";
import { secretSource, testContext } from "@mlflow-auth/core/testing";
import { createSigningKey, type FakeDescope, signed, startFakeDescope } from "@mlflow-auth/test/servers/descope-fake";
import { rejected } from "@mlflow-auth/test/start-provider";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createKeySet } from "../src/key-set.ts";
import { accessKey, startProviders } from "./start-provider.ts";

const test = suite("Descope's keys", { timeout: 120 });

async function start() {
  const descope = await startFakeDescope();
  const context = testContext({ instance: "descope", http: "network" });
  descope.now = context.clock.wallTime;
  closeAfterwards(context.close);
  closeAfterwards(descope.stop);
  const { projectId, url: address } = descope;
  const keys = createKeySet({ projectId, address }, context.http, context);
  const [head = "", payload = "", signature = ""] = signed(descope.key, {}).split(".");
  const token = { payload, signature, protected: head };
  // Only the key is asked for here: whether it made the signature is another question.
  const ask = async (kid: string) => {
    return await Promise.resolve(keys({ alg: "RS256", kid }, token)).then(
      () => "found",
      (thrown: Error) => thrown.message,
    );
  };
  return { descope, context, ask };
}

const UNKNOWN = /^a session is signed with a key that the project P2\w+ does not have$/;

test("10,000 unknown ids in each of 300 seconds cost two fetches a minute, and the known key serves all the while", async () => {
  const { descope, context, ask } = await start();
  for (let second = 0; second < 300; second++) {
    const answers = await Promise.all(
      Array.from({ length: second % 30 === 0 ? 10_000 : 100 }, (_, i) => ask(`k${second}-${i}`)),
    );
    assert.equal(
      answers.filter((answer) => !UNKNOWN.test(answer)),
      [],
    );
    assert.is(await ask(descope.key.kid), "found");
    const minutes = Math.floor(second / 60) + 1;
    assert.ok(descope.asked.keys <= 2 * minutes, `${descope.asked.keys} fetches within ${minutes} min`);
    await context.clock.advance(1_000);
  }
  assert.is(descope.asked.keys, 10);
});

test("a rotated key is accepted within 30 seconds, whatever was asked for before", async () => {
  const { descope, context, ask } = await start();
  await ask(descope.key.kid);
  await context.clock.advance(1);
  descope.rotateKeys({ keeps: false });
  assert.match(await ask(descope.key.kid), UNKNOWN);
  await context.clock.advance(29_998);
  assert.match(await ask(descope.key.kid), UNKNOWN);
  await context.clock.advance(1);
  assert.is(await ask(descope.key.kid), "found");
});

test("a key set that can't be had is asked for no more often either, and is told as such", async () => {
  const { descope, context, ask } = await start();
  descope.faults.keys.push(...Array(6).fill({ status: 400, body: "" }));
  for (let second = 0; second < 60; second++) {
    const [a, b] = await Promise.all([ask("a"), ask("b")]);
    assert.match(a, /gave an unknown answer/);
    assert.is(a, b);
    await context.clock.advance(1_000);
  }
  assert.is(descope.asked.keys, 2);
});

test("where keys are there, a failed fetch takes none away and is not tried again at once", async () => {
  const { descope, context, ask } = await start();
  await ask(descope.key.kid);
  descope.faults.keys.push("reset", "reset");
  await context.clock.advance(30_000);
  assert.match(await ask("other"), /hangs up without an answer/);
  assert.is(descope.asked.keys, 2);
  assert.is(await ask(descope.key.kid), "found");
});

test("a key that Descope withdraws is good for an hour at most", async () => {
  const { descope, context, ask } = await start();
  const old = descope.key.kid;
  await ask(old);
  descope.rotateKeys({ keeps: false });
  await context.clock.advance(3_599_999);
  assert.is(await ask(old), "found");
  await context.clock.advance(1);
  assert.match(await ask(old), UNKNOWN);
});

test("names of an object's own are ids like any other", async () => {
  const { ask } = await start();
  for (const kid of ["__proto__", "constructor", "toString", ""]) assert.match(await ask(kid), UNKNOWN);
});

test("of a set with much else in it the right keys are taken", async () => {
  const { descope, ask } = await start();
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
  const curve = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  const { jwk, kid } = descope.key;
  const others = [null, 7, "x", [], {}, { kid: 7, kty: "RSA" }, { ...curve, kid: "curve" }, { ...weak, kid: "weak" }];
  descope.faults.keys.push({ status: 200, body: { keys: [...others, jwk, { ...jwk, alg: "RS512", kid: "512" }] } });
  assert.is(await ask(kid), "found");
  for (const other of ["curve", "512"]) assert.is.not(await ask(other), "found");
});

test("what can't verify RS256 is no key, so that the next set is asked for and no token is called broken", async () => {
  const { descope, context, ask } = await start();
  const { jwk, kid } = descope.key;
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
  const lies = [
    { ...jwk, kty: "EC" },
    { ...jwk, alg: "RS512" },
    { ...jwk, use: "enc" },
    { ...jwk, n: undefined },
    { ...jwk, n: 7 },
    { ...jwk, n: "!".repeat(342) },
    { ...jwk, e: {} },
    { ...weak, kid },
  ];
  for (const lie of lies) {
    descope.faults.keys.push({ status: 200, body: { keys: [lie] } });
    assert.match(await ask(kid), UNKNOWN, JSON.stringify(lie));
    await context.clock.advance(30_000);
  }
  assert.is(await ask(kid), "found");
});

test("a key that stands twice, or says more of itself than it should, is one key", async () => {
  for (const more of [{}, { key_ops: 7 }, { key_ops: ["sign"], ext: "no" }, { d: "AQAB" }, { use: undefined }]) {
    const { descope, ask } = await start();
    const { jwk, kid } = descope.key;
    const other = { ...createSigningKey().jwk, kid };
    descope.faults.keys.push({ status: 200, body: { keys: [{ ...jwk, ...more }, jwk, other] } });
    assert.is(await ask(kid), "found", JSON.stringify(more));
  }
});

test("of two keys under one id the first one counts", async () => {
  const descope = await startFakeDescope();
  closeAfterwards(descope.stop);
  const { jwk, kid } = descope.key;
  const other = { ...createSigningKey().jwk, kid };
  for (const [keys, wanted] of [
    [[jwk, other], /^Authorization: Bearer /],
    [[other, jwk], /has a signature that is not Descope's/],
  ] as const) {
    const { headers, close } = await startProviders(descope, accessKey(descope));
    closeAfterwards(close);
    descope.faults.keys.push({ status: 200, body: { keys } });
    assert.match(await headers().catch(({ message }: Error) => message), wanted);
  }
});

test("a session with a key that is new goes through once the key is known", async () => {
  const descope: FakeDescope = await startFakeDescope();
  const { headers, fault, provider, context, close } = await startProviders(descope, accessKey(descope));
  closeAfterwards(close);
  closeAfterwards(descope.stop);
  await headers();
  descope.rotateKeys();
  await provider.invalidate("unauthorized", rejected);
  const { transient, code } = await fault();
  assert.equal([code, transient], ["SECRET_FORMAT", true]);
  await context.clock.advance(30_000);
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions.at(-1)}`);
});

test("a session's token that somebody else signed costs no more fetches, however often it is asked for", async () => {
  const descope = await startFakeDescope();
  const other = createSigningKey();
  const { fault, context, close } = await startProviders(descope, {
    sessionToken: secretSource(() => signed(other, { iss: descope.projectId, exp: 9_999_999_999 })),
  });
  closeAfterwards(close);
  closeAfterwards(descope.stop);
  for (let second = 0; second < 60; second++) {
    assert.match((await fault()).message, UNKNOWN);
    await context.clock.advance(1_000);
  }
  assert.is(descope.asked.keys, 2);
});

test.run();
