import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { createSecretCache, type Fetched } from "../../src/secret/cache.js";
import { fakeClock } from "../../src/testing.js";
import { code, outage, setup } from "./cache-fixture.js";

const test = suite("secret cache");

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

test("a jump of the wall clock does not change how long a value lives", async () => {
  const { get, clock } = setup();
  await get();
  clock.jump(3_600_000);
  assert.is(get(), "value 1");
  clock.jump(-7_200_000);
  assert.is(get(), "value 1");
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

test.run();
