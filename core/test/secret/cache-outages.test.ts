import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { code, denial, outage, setup } from "./cache-fixture.js";

const test = suite("the secret cache in an outage");

test("an outage is bridged by the old value up to maxStale, and not a moment longer", async () => {
  const { get, clock, answers, stale } = setup();
  const policy = { ttl: 1000, maxStale: 500 };
  await get(policy);
  answers(outage);
  await clock.advance(1200);
  assert.is(await get(policy), "value 1");
  assert.is(stale.length, 1);
  await clock.advance(299);
  assert.is(await get(policy), "value 1");
  await clock.advance(1);
  assert.is(await code(get(policy)), "SECRET_UNREACHABLE");
});

test("a refusal by the backend ends the use of the old value", async () => {
  const { get, clock, answers } = setup();
  const policy = { ttl: 1000, maxStale: 10_000 };
  await get(policy);
  answers(denial);
  await clock.advance(1000);
  assert.is(await code(get(policy)), "SECRET_DENIED");
  answers(outage);
  await clock.advance(1000);
  assert.is(await code(get(policy)), "SECRET_UNREACHABLE");
});

test("a failed fetch answers callers for a second, doubling to thirty", async () => {
  const { get, clock, answers, fetches } = setup();
  answers(outage);
  let rounds = 0;
  for (let second = 0; second < 600; second++) {
    assert.is(await code(get()), "SECRET_UNREACHABLE");
    await clock.advance(1000);
    rounds = fetches();
  }
  assert.ok(rounds <= 50, `${rounds} rounds in ten minutes`);
  answers(async () => ({ value: "back" }));
  await clock.advance(30_000);
  assert.is(await get(), "back");
});

test("a value that is invalidated while a fetch is under way does not serve as a stale one when that fetch fails", async () => {
  const { get, cache, clock, answers, stale } = setup();
  const policy = { ttl: 1000, maxStale: 60_000 };
  await get(policy);
  await clock.advance(1000);
  let fail: (reason: unknown) => void = () => undefined;
  answers(() => new Promise((_, reject) => (fail = reject)));
  const waiting = get(policy);
  cache.invalidate("key");
  fail(new MlflowAuthError("SECRET_UNREACHABLE", "down", { transient: true }));
  assert.is(await code(waiting), "SECRET_UNREACHABLE");
  assert.equal(stale, []);
});

test("a failed fetch is not made again for a second, then for two, and after a success for one again", async () => {
  const { get, clock, answers, fetches, cache } = setup();
  const failsFor = async (milliseconds: number) => {
    const before = fetches();
    assert.is(await code(get()), "SECRET_UNREACHABLE");
    assert.is(fetches(), before + 1, "this one asks");
    await clock.advance(milliseconds - 1);
    assert.is(await code(get()), "SECRET_UNREACHABLE");
    assert.is(fetches(), before + 1, `${milliseconds - 1} ms later nobody does`);
    await clock.advance(1);
  };
  answers(outage);
  await failsFor(1_000);
  await failsFor(2_000);
  await failsFor(4_000);
  answers(async () => ({ value: "back" }));
  assert.is(await get(), "back");
  answers(outage);
  await clock.advance(1_000);
  await failsFor(1_000);
  await failsFor(2_000);
  cache.invalidate("key");
  await failsFor(1_000);
});

test("in an outage the old value is served at once, the backend is asked now and then, and its return is noticed", async () => {
  const { get, clock, answers, fetches } = setup();
  const policy = { ttl: 1_000, maxStale: 60_000 };
  await get(policy);
  answers(outage);
  await clock.advance(1_000);
  assert.is(await get(policy), "value 1");
  for (let tick = 0; tick < 300; tick++) {
    assert.is(get(policy), "value 1", "without a promise");
    await clock.advance(100);
  }
  assert.ok(fetches() >= 5 && fetches() <= 8, `${fetches()} fetches in half a minute`);
  answers(async () => ({ value: "back" }));
  await clock.advance(20_000);
  assert.is(get(policy), "value 1");
  await clock.advance(1);
  assert.is(get(policy), "back");
});

test("a doubt ends with the next value, and no wait leaves a timer behind", async () => {
  const { get, cache, clock, answers } = setup();
  const policy = { ttl: 1_000, maxStale: 60_000 };
  await get(policy);
  cache.expire("key");
  assert.is(await get(policy), "value 2");
  await clock.advance(1_000);
  assert.is(await get(policy), "value 3");
  await clock.advance(0);
  assert.is(clock.pending, 0);
  answers(() => new Promise(() => undefined));
  await clock.advance(1_000);
  const waiting = get(policy);
  await clock.advance(500);
  assert.is(await waiting, "value 3", "a slow backend holds up nobody for longer");
});

test.run();
