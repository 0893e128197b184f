/** G1, G3, G4 and G7 of the reliability targets: what the secret cache does in outages, under load and when clocks jump. */
import { suite } from "@mlflow-auth/test/suite";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { createSecretCache, type Fetched } from "../../src/secret/cache.js";
import { ManualClock } from "./manual-clock.js";

const test = suite("outages");

interface Value {
  readonly fetchedAt: number;
  readonly lease: number;
  readonly expiresAt: number;
}

type Backend = "up" | "down" | "denying";

function setup(policy: { ttl: number; maxStale: number }, terms: { lease: number; life: number }) {
  const clock = new ManualClock();
  const cache = createSecretCache({ clock, random: () => 0.5 });
  const state = { backend: "up" as Backend, fetches: 0, denied: false };
  const fetch = async (): Promise<Fetched<Value>> => {
    state.fetches++;
    if (state.backend === "down") throw new MlflowAuthError("SECRET_UNREACHABLE", "down", { transient: true });
    if (state.backend === "denying") {
      state.denied = true;
      throw new MlflowAuthError("SECRET_DENIED", "denied");
    }
    state.denied = false;
    const expiresAt = clock.wallTime() + terms.life;
    return { value: { fetchedAt: clock.now(), lease: terms.lease, expiresAt }, lease: terms.lease, expiresAt };
  };
  const get = async (): Promise<Value | undefined> => {
    try {
      return await cache.get("key", fetch, policy);
    } catch {
      return undefined;
    }
  };
  return { clock, state, get };
}

test("G1: ten thousand callers, cold or expired, make one fetch", async () => {
  const { clock, state, get } = setup({ ttl: 1_000, maxStale: 0 }, { lease: 1e9, life: 1e9 });
  for (let expected = 1; expected <= 5; expected++) {
    await Promise.all(Array.from({ length: 10_000 }, get));
    assert.is(state.fetches, expected);
    clock.monotonic += 1_000;
  }
});

test("G3: within maxStale every request of an outage is served; beyond it, past a lease, past an end or after a denial none is", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("wait" as const), milliseconds: fc.integer({ min: 1, max: 2_000 }) }),
    fc.record({ kind: fc.constantFrom("up" as const, "down" as const, "denying" as const) }),
    fc.record({ kind: fc.constant("get" as const) }),
  );
  const terms = fc.record({ lease: fc.integer({ min: 100, max: 6_000 }), life: fc.integer({ min: 100, max: 6_000 }) });
  const policy = fc.record({ ttl: fc.integer({ min: 100, max: 3_000 }), maxStale: fc.integer({ min: 0, max: 3_000 }) });
  await fc.assert(
    fc.asyncProperty(policy, terms, fc.array(step, { minLength: 3, maxLength: 25 }), async (rules, given, steps) => {
      const { clock, state, get } = setup(rules, given);
      let newest: Value | undefined;
      for (const { kind, ...rest } of steps) {
        if (kind === "wait") clock.monotonic += (rest as { milliseconds: number }).milliseconds;
        else if (kind !== "get") state.backend = kind;
        else {
          const fetches = state.fetches;
          const value = await get();
          const now = clock.now();
          if (value !== undefined) {
            const age = now - value.fetchedAt;
            assert.ok(age < value.lease, `served ${age} ms into a lease of ${value.lease}`);
            assert.ok(clock.wallTime() < value.expiresAt || age === 0, "served past its end");
            assert.ok(age < rules.ttl + rules.maxStale, `served at the age of ${age} ms`);
            newest = value;
          } else {
            const fetched = state.backend === "up" && state.fetches > fetches;
            assert.not.ok(fetched, "a fetch that succeeded was not served");
            const age = newest === undefined ? Number.POSITIVE_INFINITY : now - newest.fetchedAt;
            const { lease = 0, expiresAt = 0 } = newest ?? {};
            const usable = age < Math.min(rules.ttl + rules.maxStale, lease) && clock.wallTime() < expiresAt;
            // Once denied, a value is given up for good.
            assert.ok(!usable || state.denied, `not served at the age of ${age} ms in an outage`);
          }
        }
      }
    }),
    { numRuns: 100_000 },
  );
});

test("G4: down at start, ten minutes of callers cost at most 50 rounds, and 31 s after its return all is well", async () => {
  const { clock, state, get } = setup({ ttl: 300_000, maxStale: 0 }, { lease: 1e9, life: 1e9 });
  state.backend = "down";
  for (let tick = 0; tick < 6_000; tick++) {
    assert.is(await get(), undefined);
    clock.monotonic += 100;
  }
  assert.ok(state.fetches <= 50, `${state.fetches} rounds`);
  state.backend = "up";
  const back = clock.now();
  while ((await get()) === undefined) clock.monotonic += 100;
  assert.ok(clock.now() - back <= 31_000, `back after ${clock.now() - back} ms`);
});

test("G7: jumps of the wall clock by an hour cost at most one more fetch and never serve past the end", async () => {
  for (const jump of [3_600_000, -3_600_000]) {
    for (const life of [1_800_000, Number.POSITIVE_INFINITY]) {
      const { clock, state, get } = setup({ ttl: 300_000, maxStale: 0 }, { lease: Number.POSITIVE_INFINITY, life });
      await get();
      clock.wallOffset += jump;
      await get();
      await get();
      assert.ok(state.fetches <= 2, `${state.fetches} fetches after a jump of ${jump} ms`);
      clock.monotonic += 299_999;
      assert.ok((await get()) !== undefined);
    }
  }
});

test.run();
