/** G2 of the reliability targets: what is cached is there at once, however long the backend takes. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createSecretCache, type Fetched, type SecretCache } from "../../src/secret/cache.js";
import { fakeClock } from "../../src/testing.js";

const test = suite("G2: refreshes that nobody waits for");
/** Milliseconds. */
const SLOW = 5_000;

function setup(policy: { ttl: number; maxStale: number }) {
  const clock = fakeClock();
  const cache = createSecretCache({ clock });
  let fetches = 0;
  const fetch = () =>
    new Promise<Fetched<number>>((resolve) => {
      fetches++;
      const value = fetches;
      clock.setTimeout(() => resolve({ value }), SLOW);
    });
  const get = () => cache.get("key", fetch, policy);
  return { clock, cache, get, fetches: () => fetches };
}

/** Asks ten times a second for a time, and counts those who had to wait. */
async function waits({ clock, get }: ReturnType<typeof setup>, milliseconds: number): Promise<number> {
  let waiting = 0;
  for (let passed = 0; passed < milliseconds; passed += 100) {
    if (get() instanceof Promise) waiting++;
    await clock.advance(100);
  }
  return waiting;
}

async function warm(cache: ReturnType<typeof setup>): Promise<void> {
  const first = cache.get();
  await cache.clock.advance(SLOW);
  assert.is(await first, 1);
}

test("a backend that takes 5 s: the next secret is fetched while the old one serves, and nobody ever waits", async () => {
  const cache = setup({ ttl: 300_000, maxStale: 0 });
  await warm(cache);
  assert.is(await waits(cache, 3_600_000), 0);
  assert.ok(cache.fetches() >= 12 && cache.fetches() <= 16, `${cache.fetches()} fetches in an hour`);
});

test("a secret that ends while its successor is on the way serves on where maxStale allows it", async () => {
  const cache = setup({ ttl: 2_000, maxStale: 60_000 });
  await warm(cache);
  assert.is(await waits(cache, 60_000), 0);
  assert.ok((cache.get() as number) > 5, "and the successors do come");
});

test("where maxStale does not allow it, whoever asks waits for the successor", async () => {
  const cache = setup({ ttl: 2_000, maxStale: 0 });
  await warm(cache);
  assert.ok((await waits(cache, 10_000)) > 0);
});

test("after a pause a slow backend holds up whoever asks for half a second, not longer, where maxStale allows it", async () => {
  const cache = setup({ ttl: 10_000, maxStale: 60_000 });
  await warm(cache);
  await cache.clock.advance(20_000);
  const first = cache.get();
  await cache.clock.advance(400);
  const second = cache.get();
  await cache.clock.advance(100);
  assert.equal([await first, await second], [1, 1]);
  assert.is(cache.get(), 1, "and from then on nobody waits");
  await cache.clock.advance(SLOW);
  assert.is(cache.get(), 2);
  assert.is(cache.fetches(), 2);
});

for (const [what, lose] of [
  ["refused", (cache) => cache.invalidate("key")],
  ["suspected", (cache) => cache.expire("key")],
] as [string, (cache: SecretCache) => void][]) {
  test(`a secret that is ${what} while somebody waits is not handed out in the end`, async () => {
    const cache = setup({ ttl: 10_000, maxStale: 60_000 });
    await warm(cache);
    await cache.clock.advance(20_000);
    const waiting = cache.get();
    lose(cache.cache);
    await cache.clock.advance(SLOW);
    assert.is(await waiting, 2);
  });
}

test("a secret whose maxStale ends while somebody waits is not handed out either", async () => {
  const cache = setup({ ttl: 10_000, maxStale: 10_000 });
  await warm(cache);
  await cache.clock.advance(19_800);
  const waiting = cache.get();
  await cache.clock.advance(SLOW);
  assert.is(await waiting, 2);
});

test("a secret that is suspected is not handed out while its successor is on the way", async () => {
  const cache = setup({ ttl: 10_000, maxStale: 60_000 });
  await warm(cache);
  await cache.clock.advance(9_600);
  assert.is(cache.get(), 1);
  cache.cache.expire("key");
  const next = cache.get();
  await cache.clock.advance(SLOW);
  assert.is(await next, 2);
});

test.run();
