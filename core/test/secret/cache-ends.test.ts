import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { code, credential, setup } from "./cache-fixture.js";

const test = suite("the end of what the secret cache holds");

test("a lease shorter than the ttl wins, and an absolute end on the wall clock, too", async () => {
  const lease = setup();
  lease.answers(async () => ({ value: "leased", lease: 100 }));
  await lease.get();
  await lease.clock.advance(100);
  assert.ok(lease.get() instanceof Promise);

  const until = setup();
  until.answers(async () => ({ value: "until", expiresAt: until.clock.wallTime() + 100 }));
  await until.get();
  await until.clock.advance(99);
  until.answers(() => new Promise(() => undefined));
  assert.is(until.get(), "until");
  await until.clock.advance(1);
  assert.ok(until.get() instanceof Promise);
});

test("a credential that says itself when it ends is fetched anew then, whatever the ttl", async () => {
  const { get, clock, answers, fetches } = setup();
  const policy = { ttl: 300_000, maxStale: 300_000 };
  answers(async () => ({ value: credential(clock, 1_000, "one") }));
  const one = await get(policy);
  await clock.advance(799);
  assert.is(get(policy), one);
  await clock.advance(201);
  answers(async () => ({ value: credential(clock, 5_000, "two"), expiresAt: clock.wallTime() + 2_000 }));
  const two = await get(policy);
  assert.is.not(two, one);
  assert.is(fetches(), 2);
  // The earlier of two ends counts.
  await clock.advance(2_000);
  assert.is.not(await get(policy), two);
  assert.is(fetches(), 3);
});

test("a credential that ends before the ttl is fetched anew ahead of its end, and nobody waits for it", async () => {
  const { get, clock, answers, fetches } = setup();
  const policy = { ttl: 86_400_000, maxStale: 0 };
  answers(async () => ({ value: credential(clock, 1_000, "one") }));
  const one = await get(policy);
  await clock.advance(799);
  assert.is(get(policy), one);
  assert.is(fetches(), 1);
  await clock.advance(1);
  answers(async () => ({ value: credential(clock, 1_000, "two") }));
  assert.is(get(policy), one);
  assert.is(fetches(), 2);
  await clock.advance(0);
  assert.is.not(get(policy), one);
  assert.is(fetches(), 2);
});

test("what is no credential may have an expiresAt that means something else", async () => {
  const { get, answers, fetches } = setup();
  const inSeconds = { token: "x", expiresAt: 1_800_000_000 } as unknown as string;
  answers(async () => ({ value: inSeconds }));
  assert.is(await get(), inSeconds);
  assert.is(get(), inSeconds);
  assert.is(fetches(), 1);
});

test("what has ended on arrival is the backend's or the clock's fault, and asked for again as seldom as in an outage", async () => {
  for (const entry of [true, false]) {
    const { get, clock, answers, fetches } = setup();
    answers(async () =>
      entry ? { value: "ended", expiresAt: clock.wallTime() - 120_000 } : { value: credential(clock, -120_000) },
    );
    const failure = await Promise.resolve(get()).catch((error: MlflowAuthError) => error);
    assert.instance(failure, MlflowAuthError);
    const { code: given, message, remedy = "", transient } = failure as unknown as MlflowAuthError;
    assert.equal([given, transient], ["SECRET_EXPIRED", true]);
    assert.match(message, "had ended 2 min before it arrived, by this machine's clock");
    assert.match(remedy, /clock.*backend/);
    for (let second = 0; second < 60; second++) {
      for (let i = 0; i < 10; i++) assert.is(await code(get()), "SECRET_EXPIRED");
      await clock.advance(1_000);
    }
    assert.ok(fetches() <= 7, `${fetches()} fetches in a minute`);
    answers(async () => ({ value: credential(clock, 60_000) }));
    await clock.advance(30_000);
    assert.is(await code(get()), "no error");
  }
});

test("a credential that has ended on arrival does not take the place of one that has not", async () => {
  const { get, clock, answers } = setup();
  const policy = { ttl: 1_000, maxStale: 5_000 };
  answers(async () => ({ value: credential(clock, 4_000) }));
  const good = await get(policy);
  answers(async () => ({ value: credential(clock, 0) }));
  await clock.advance(1_500);
  assert.is(await get(policy), good);
  await clock.advance(2_499);
  assert.is(await get(policy), good);
  await clock.advance(1);
  assert.is(await code(get(policy)), "SECRET_EXPIRED");
});

test("a lease that is over as it comes is told as an end that has passed, and nobody gets the value", async () => {
  for (const lease of [0, -5_000]) {
    const { get, answers } = setup();
    answers(async () => ({ value: "over", lease }));
    assert.is(await code(get()), "SECRET_EXPIRED", String(lease));
  }
});

test.run();
