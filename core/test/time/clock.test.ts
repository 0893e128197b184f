import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { fakeClock } from "../../src/testing.js";
import { heldClock, systemClock } from "../../src/time/clock.js";

const test = suite("a clock that can be held");

/** A clock that goes on with each reading, and counts them. */
function counting() {
  let readings = 0;
  const clock = { ...fakeClock(), now: () => ++readings };
  return { clock: heldClock(clock), count: () => readings };
}

test("gives one and the same reading while it is held, and reads the clock once for it", () => {
  const { clock, count } = counting();
  clock.hold();
  assert.equal([clock.now(), clock.now()], [1, 1]);
  clock.release();
  assert.is(count(), 1);
});

test("reads nothing where nobody asks", () => {
  const { clock, count } = counting();
  clock.hold();
  clock.release();
  assert.is(count(), 0);
});

test("reads anew once it is released, and each time that it is held again", () => {
  const { clock } = counting();
  clock.hold();
  clock.now();
  clock.release();
  assert.equal([clock.now(), clock.now()], [2, 3]);
  clock.hold();
  assert.equal([clock.now(), clock.now()], [4, 4]);
});

test("its timers and its wall time are those of the clock below", async () => {
  const below = fakeClock();
  const clock = heldClock(below);
  let rang = false;
  clock.setTimeout(() => (rang = true), 10);
  clock.hold();
  await below.advance(10);
  assert.ok(rang);
  assert.is(clock.wallTime(), below.wallTime());
});

const system = suite("the system's clock");

system("rings no timer at once because it is longer than Node can count", async () => {
  let rang = false;
  const timer = systemClock.setTimeout(() => (rang = true), 2 ** 40);
  await new Promise((resolve) => setTimeout(resolve, 20));
  timer.cancel();
  assert.is(rang, false);
});

system("keeps no process alive by its timers", () => {
  const timeouts = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timeouts();
  const timer = systemClock.setTimeout(() => undefined, 60_000);
  assert.is(timeouts(), before);
  timer.cancel();
});

system("does not measure what lasts with the time that people set", () => {
  assert.ok(systemClock.now() < systemClock.wallTime() / 2);
  assert.ok(Math.abs(systemClock.wallTime() - Date.now()) < 60_000);
});

test.run();
system.run();
