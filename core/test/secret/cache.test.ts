import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { createSecretCache, type Fetched } from "../../src/secret/cache.js";
import { fakeClock } from "../../src/testing.js";

const test = suite("secret cache");

function setup() {
  const clock = fakeClock();
  const stale: unknown[] = [];
  const cache = createSecretCache({ clock, random: () => 0, onStale: (error) => stale.push(error) });
  let fetches = 0;
  let answer: () => Promise<Fetched<string>> = async () => ({ value: `value ${fetches}` });
  const fetch = () => {
    fetches++;
    return answer();
  };
  return {
    clock,
    cache,
    stale,
    get: (policy = { ttl: 1000, maxStale: 0 }) => cache.get("key", fetch, policy),
    answers: (next: typeof answer) => (answer = next),
    fetches: () => fetches,
  };
}

const outage = () => Promise.reject(new MlflowAuthError("SECRET_UNREACHABLE", "down", { transient: true }));
const denial = () => Promise.reject(new MlflowAuthError("SECRET_DENIED", "no"));

async function code(promise: unknown): Promise<string> {
  try {
    await promise;
    return "no error";
  } catch (thrown) {
    return (thrown as MlflowAuthError).code;
  }
}

test("ten thousand callers of a cold or an expired key share one fetch", async () => {
  const { get, clock, fetches } = setup();
  for (const expected of [1, 2]) {
    const values = await Promise.all(Array.from({ length: 10_000 }, () => get()));
    assert.is(new Set(values).size, 1);
    assert.is(fetches(), expected);
    await clock.advance(1000);
  }
});

test("a fresh value is answered without a promise", async () => {
  const { get, clock } = setup();
  await get();
  await clock.advance(700);
  assert.is(get(), "value 1");
});

test("in the last fifth of its life a value is fetched anew while callers still get it at once", async () => {
  const { get, clock, fetches } = setup();
  await get();
  await clock.advance(800);
  assert.is(get(), "value 1");
  assert.is(get(), "value 1");
  await Promise.resolve();
  await new Promise(setImmediate);
  assert.is(fetches(), 2);
  assert.is(get(), "value 2");
});

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
  assert.is(until.get(), "until");
  await until.clock.advance(1);
  assert.ok(until.get() instanceof Promise);
});

/** A credential with an end of its own, milliseconds from now. */
const credential = (clock: { wallTime(): number }, life: number, name = "x") =>
  ({ headers: { Authorization: name }, expiresAt: clock.wallTime() + life }) as unknown as string;

test("a credential that says itself when it ends is fetched anew then, whatever the ttl", async () => {
  const { get, clock, answers, fetches } = setup();
  const policy = { ttl: 300_000, maxStale: 300_000 };
  answers(async () => ({ value: credential(clock, 1_000, "one") }));
  const one = await get(policy);
  await clock.advance(999);
  assert.is(get(policy), one);
  await clock.advance(1);
  answers(async () => ({ value: credential(clock, 5_000, "two"), expiresAt: clock.wallTime() + 2_000 }));
  const two = await get(policy);
  assert.is.not(two, one);
  assert.is(fetches(), 2);
  // The earlier of two ends counts.
  await clock.advance(2_000);
  assert.is.not(await get(policy), two);
  assert.is(fetches(), 3);
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

test("a jump of the wall clock does not change how long a value lives", async () => {
  const { get, clock } = setup();
  await get();
  clock.jump(3_600_000);
  assert.is(get(), "value 1");
  clock.jump(-7_200_000);
  assert.is(get(), "value 1");
});

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

test("an invalidated value is gone, and a fetch that began before does not bring it back", async () => {
  const { get, cache, answers, fetches } = setup();
  let finish: (fetched: Fetched<string>) => void = () => undefined;
  answers(() => new Promise((resolve) => (finish = resolve)));
  const early = get();
  cache.invalidate("key");
  answers(async () => ({ value: "new" }));
  const late = get();
  finish({ value: "old" });
  assert.is(await early, "old");
  assert.is(await late, "new");
  assert.is(get(), "new");
  assert.is(fetches(), 2);
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

test("a fetch that throws before its promise is a failed fetch like any other", async () => {
  const { get, answers, clock } = setup();
  answers(() => {
    throw new MlflowAuthError("SECRET_FORMAT", "odd");
  });
  assert.is(await code(get()), "SECRET_FORMAT");
  answers(async () => ({ value: "back" }));
  await clock.advance(1_000);
  assert.is(await get(), "back");
});

test("a thousand keys are kept; for another one the oldest goes", async () => {
  const cache = createSecretCache({ clock: fakeClock() });
  const fetched: string[] = [];
  const get = (key: number) =>
    cache.get(`key ${key}`, async () => {
      fetched.push(`key ${key}`);
      return { value: key };
    });
  for (let key = 0; key < 1000; key++) await get(key);
  assert.is(get(0), 0);
  assert.is(get(999), 999);
  await get(1000);
  assert.is(get(1), 1);
  assert.is(fetched.length, 1001);
  await get(0);
  assert.is(fetched.at(-1), "key 0");
});

test("a fleet fetches anew at points spread over 80 to 95 % of a value's life", async () => {
  for (const [random, earliest] of [
    [0, 8_000],
    [0.5, 8_750],
    [0.999999, 9_500],
  ] as const) {
    const clock = fakeClock();
    const cache = createSecretCache({ clock, random: () => random });
    let fetches = 0;
    const get = () => cache.get("key", async () => ({ value: ++fetches }), { ttl: 10_000 });
    await get();
    await clock.advance(earliest - 1);
    get();
    assert.is(fetches, 1, `${random}: too early`);
    await clock.advance(1);
    get();
    assert.is(fetches, 2, `${random}: too late`);
  }
});

test("without a policy a value lives for five minutes, and not a moment longer in an outage", async () => {
  const clock = fakeClock();
  const cache = createSecretCache({ clock, random: () => 0.999999 });
  let down = false;
  const get = () => cache.get("key", () => (down ? outage() : Promise.resolve({ value: "value" })));
  await get();
  down = true;
  await clock.advance(299_999);
  assert.is(get(), "value");
  await clock.advance(1);
  assert.is(await code(get()), "SECRET_UNREACHABLE");
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

test("after a value was fetched ahead the next one is waited for as any other", async () => {
  const { get, clock, fetches } = setup();
  const policy = { ttl: 1_000, maxStale: 60_000 };
  await get(policy);
  await clock.advance(900);
  get(policy);
  await clock.advance(1);
  assert.is(get(policy), "value 2");
  await clock.advance(5_000);
  assert.is(await get(policy), "value 3");
  assert.is(fetches(), 3);
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
