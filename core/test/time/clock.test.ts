import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { fakeClock } from "../../src/testing.js";
import { heldClock, systemClock } from "../../src/time/clock.js";
import { parseDuration } from "../../src/time/duration.js";

const test = suite("clocks");

test("a held clock gives one reading until it is released, and another the next time", async () => {
  const clock = fakeClock();
  const held = heldClock(clock);
  await clock.advance(1);
  held.hold();
  assert.is(held.now(), 1);
  await clock.advance(1);
  assert.is(held.now(), 1);
  held.release();
  assert.is(held.now(), 2);
  held.hold();
  await clock.advance(1);
  assert.is(held.now(), 3, "it is read when somebody asks, not when it is held");
});

test("a held clock's other times go on", async () => {
  const clock = fakeClock(0);
  const held = heldClock(clock);
  held.hold();
  await clock.advance(5);
  assert.is(held.wallTime(), 5);
  let rung = 0;
  held.setTimeout(() => rung++, 5);
  held.setTimeout(() => rung++, 5).cancel();
  await clock.advance(5);
  assert.is(rung, 1);
});

test("a timer that is longer than Node can count does not fire at once", async () => {
  let rung = false;
  const timer = systemClock.setTimeout(() => (rung = true), 2 ** 40);
  await new Promise((resolve) => setTimeout(resolve, 20));
  timer.cancel();
  assert.is(rung, false);
});

test("what lasts is not measured with the clock that people set", () => {
  assert.ok(systemClock.now() < systemClock.wallTime() / 2);
  assert.ok(Math.abs(systemClock.wallTime() - Date.now()) < 60_000);
});

test("a timer of the system's clock does not keep the process alive", () => {
  const timeouts = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timeouts();
  const timer = systemClock.setTimeout(() => undefined, 60_000);
  assert.is(timeouts(), before);
  timer.cancel();
});

test("a duration of the file is read in milliseconds", () => {
  for (const [text, milliseconds] of [
    ["500ms", 500],
    ["30s", 30_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["0s", 0],
  ] as const) {
    assert.is(parseDuration(text), milliseconds);
  }
  for (const text of ["5", "5 m", "-1s", "1.5s", "5M", "1d", "5minutes", "1234567890s", ""]) {
    assert.is(parseDuration(text), undefined, text);
  }
});

test.run();
