/** What a provider leaves in the background: a promise that nobody waits for, a timer that throws. */
import assert from "node:assert/strict";
import type { TestContext } from "../test-context.js";

const EVENTS = ["uncaughtException", "unhandledRejection"] as const;

/** What is under way, and is told of each failure: whose it is can't be seen. */
const watching = new Set<unknown[]>();
let displaced: [event: (typeof EVENTS)[number], listener: (...args: unknown[]) => void][] = [];

const tell = (failure: unknown) => {
  for (const failures of watching) failures.push(failure);
};

/**
 * Runs the case, and fails also where something failed meanwhile that nobody waited for. The test runner's own listeners are put
 * aside for as long: they would end the process, or blame another test.
 */
export async function watchBackground(run: () => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  if (watching.size === 0) takeOver();
  watching.add(failures);
  try {
    await run();
    // Rejections are told of once all that waits for promises has run.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    watching.delete(failures);
    if (watching.size === 0) giveBack();
  }
  if (failures.length === 0) return;
  const [cause] = failures;
  const message = `something failed where nobody waits for it (${cause}); in the user's program that ends the process: catch what a timer or a promise without an awaiter does`;
  throw Object.assign(new assert.AssertionError({ message }), { cause });
}

function takeOver(): void {
  displaced = EVENTS.flatMap((event) =>
    process.listeners(event as "beforeExit").map((listener) => [event, listener] as (typeof displaced)[number]),
  );
  for (const event of EVENTS) process.removeAllListeners(event).on(event, tell);
}

function giveBack(): void {
  for (const event of EVENTS) process.off(event, tell);
  for (const [event, listener] of displaced) process.on(event, listener);
  displaced = [];
}

/** Milliseconds of the fake clock in which a secret is renewed, and an outage waited for. */
const LONG = 3_600_000;
const STEP = 60_000;

/** Milliseconds of real time, for timers that do not come from the context's clock. */
const REAL = 250;

/** An hour on the context's clock, so that whatever a provider does by itself is done while its case runs. */
export async function letTimePass({ clock }: TestContext): Promise<void> {
  for (let passed = 0; passed < LONG; passed += STEP) await clock.advance(STEP);
}

/** The same for a provider that has been closed, with a moment of real time. */
export async function letTimePassAfterwards(context: TestContext): Promise<void> {
  await letTimePass(context);
  await new Promise((resolve) => setTimeout(resolve, REAL));
}
