import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { fakeClock } from "../../src/testing.js";

const test = suite("fake clock");

test("time stands still until it is moved, and both clocks move together", async () => {
  const clock = fakeClock(1_000);
  assert.equal([clock.now(), clock.wallTime()], [0, 1_000]);
  await clock.advance(250);
  assert.equal([clock.now(), clock.wallTime()], [250, 1_250]);
  clock.jump(-500);
  assert.equal([clock.now(), clock.wallTime()], [250, 750]);
});

test("timers run in the order of their times, each at its own, and what they start runs too", async () => {
  const clock = fakeClock();
  const seen: string[] = [];
  clock.setTimeout(() => seen.push(`late ${clock.now()}`), 300);
  clock.setTimeout(() => {
    seen.push(`early ${clock.now()}`);
    void Promise.resolve().then(() => clock.setTimeout(() => seen.push(`nested ${clock.now()}`), 50));
  }, 100);
  clock.setTimeout(() => seen.push("never"), 200).cancel();
  await clock.advance(299);
  assert.equal(seen, ["early 100", "nested 150"]);
  assert.is(clock.pending, 1);
  await clock.advance(1);
  assert.equal(seen, ["early 100", "nested 150", "late 300"]);
  assert.is(clock.pending, 0);
});

test("moved by two at a time it never goes back", async () => {
  const clock = fakeClock();
  let seen = 0;
  clock.setTimeout(() => void clock.advance(10), 100);
  const far = clock.advance(1_000);
  const near = clock.advance(200).then(() => (seen = clock.now()));
  await Promise.all([far, near]);
  assert.is(clock.now(), 1_000);
  assert.ok(seen >= 200);
});

test.run();
