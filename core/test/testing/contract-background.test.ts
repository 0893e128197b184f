import { EventEmitter } from "node:events";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { providerContract } from "../../src/testing.js";
import { before, broken, findsInProviders, setup } from "./contract-fixture.js";

const test = suite("the provider contract: the background and the end");

findsInProviders(test, [
  ["a promise that it forgets", before(() => void Promise.reject(new Error("x"))), /nothing that it does by itself/],
  [
    "a timer that throws",
    before(() => void setTimeout(() => assert.unreachable(), 20)),
    /nothing that it does by itself/,
  ],
  [
    "a timer of the context's clock that throws",
    before((_, clock) => void clock.setTimeout(() => assert.unreachable(), 600_000)),
    /nothing that it does by itself/,
  ],
  [
    "a renewal that it forgets, where it fails",
    before((backend, clock) => void clock.setTimeout(() => void backend.fetch(), 600_000)),
    /nothing that it does by itself/,
  ],
  [
    "an emitter's error that nobody hears",
    before(() => void setImmediate(() => new EventEmitter().emit("error", new Error("x")))),
    /nothing that it does by itself/,
  ],
  [
    "a timer that it leaves when it is closed, and that throws then",
    (_sound, _backend, clock) => ({ close: () => void clock.setTimeout(() => assert.unreachable(), 1_000) }),
    /nothing that it does by itself/,
  ],
  [
    "a timer that its close leaves",
    (sound, backend, clock) => ({
      ...before((_, clock) => void clock.setTimeout(() => undefined, 3_600_000 * 24))(sound, backend, clock),
      close: () => undefined,
    }),
    /after close .*1 timers .*: close\(\) leaves them/,
  ],
  ["a close that fails the second time", () => ({ close: once() }), /close may be called twice/],
]);

test("the listeners of the test runner are in place again after each case", async () => {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const listener = () => undefined;
  for (const event of events) process.on(event, listener);
  closeAfterwards(() => {
    for (const event of events) process.off(event, listener);
  });
  const before = events.map((event) => process.listeners(event as "beforeExit"));
  await broken(() => setup());
  assert.equal(
    events.map((event) => process.listeners(event as "beforeExit")),
    before,
  );
});

test("it stops what the setup started, also after a failure", async () => {
  let stopped = 0;
  const make = () => ({ ...setup(() => ({ getAuth: () => undefined })), stop: () => void stopped++ });
  await broken(make);
  assert.is(stopped, providerContract({ auth: make }).length);
});

function once(): () => void {
  let closed = false;
  return () => {
    if (closed) throw new Error("closed already");
    closed = true;
  };
}

test.run();
