import { suite } from "@mlflow-auth/test/suite";
import type { Dispatcher } from "undici";
import * as assert from "uvu/assert";
import type { Rejection, RejectionKind } from "../../src/mlflow/rejection.js";
import { fakeClock } from "../../src/testing.js";
import { HeldAnswer } from "../../src/transport/held-answer.js";

const test = suite("an answer that is held back");
const KIB = 1024;
const date = "Fri, 27 Nov 2026 07:00:00 GMT";

/** A held answer whose fate the test decides by `decide`, and all that it did meanwhile, in order. */
function held(kind: RejectionKind) {
  const clock = fakeClock();
  const events: string[] = [];
  const rejections: Rejection[] = [];
  /** What the caller throws as it is given the head. */
  const caller: { throws?: Error } = {};
  const decision = Promise.withResolvers<(() => void) | Error | undefined>();
  const answer = new HeldAnswer({
    clock,
    kind,
    handler: {
      onResponseStart(_, status) {
        if (caller.throws !== undefined) throw caller.throws;
        events.push(`head ${status}`);
      },
      onResponseData: (_, chunk) => void events.push(`body ${chunk}`),
      onResponseEnd: () => void events.push("end"),
      onResponseError: (_, error) => void events.push(`error ${error.message}`),
    },
    retry(rejection) {
      rejections.push(rejection);
      return decision.promise;
    },
    release: () => void events.push("release"),
  });
  const controller = {
    pause: () => void events.push("pause"),
    resume: () => void events.push("resume"),
    aborted: false,
    abort(this: { aborted: boolean }, error: Error) {
      this.aborted = true;
      events.push(`abort ${error.message}`);
    },
  } as unknown as Dispatcher.DispatchController;
  return {
    clock,
    events,
    rejections,
    caller,
    controller,
    head: (status: number) => answer.onResponseStart(controller, status, { date }),
    body: (text: string) => answer.onResponseData(controller, Buffer.from(text)),
    end: () => answer.onResponseEnd(controller, {}),
    fail: (message: string) => answer.onResponseError(controller, new Error(message)),
    async decide(again: (() => void) | Error | undefined) {
      decision.resolve(again);
      await clock.advance(0);
    },
  };
}

test("it waits while it is decided about, and then comes whole and in order", async () => {
  const answer = held("unauthorized");
  answer.head(401);
  assert.equal(answer.rejections, [{ kind: "unauthorized", body: undefined, date }]);
  answer.body("a");
  assert.equal(answer.events, ["pause"]);
  await answer.decide(undefined);
  answer.body("b");
  answer.end();
  assert.equal(answer.events, ["pause", "release", "resume", "head 401", "body a", "body b", "end"]);
  assert.is(answer.clock.pending, 0);
});

test("once the request goes out again its caller sees nothing of it, also where it is cut off", async () => {
  const answer = held("unauthorized");
  answer.head(401);
  answer.body("a");
  await answer.decide(() => void answer.events.push("again"));
  answer.body("b");
  answer.fail("cut off");
  assert.equal(answer.events, ["pause", "resume", "again"]);
});

test("an error in its place cuts off what is still on its way first, and the caller sees nothing else", async () => {
  for (const ended of [false, true]) {
    const answer = held("unauthorized");
    answer.head(401);
    answer.body("a");
    if (ended) answer.end();
    await answer.decide(new Error("can't be repeated"));
    if (!ended) answer.fail("aborted");
    const cut = ended ? [] : ["abort can't be repeated"];
    assert.equal(answer.events, ["pause", "release", ...cut, "error can't be repeated"]);
    assert.is(answer.clock.pending, 0);
  }
});

test("one that ends in time leaves its connection for others", async () => {
  const answer = held("login-page");
  answer.head(302);
  await answer.decide(() => undefined);
  answer.body("x".repeat(64 * KIB));
  answer.end();
  assert.is(answer.clock.pending, 0);
  assert.equal(answer.events, ["pause", "resume"]);
});

test("one that was replaced and does not end is cut off, after 64 KiB or a second", async () => {
  const long = held("unauthorized");
  long.head(401);
  await long.decide(() => undefined);
  long.body("x".repeat(64 * KIB));
  assert.is(long.events.length, 2);
  long.body("x");
  assert.equal(long.events.slice(2), ["abort answer replaced by a second attempt"]);

  const slow = held("unauthorized");
  slow.head(401);
  await slow.decide(() => undefined);
  await slow.clock.advance(999);
  assert.is(slow.events.length, 2);
  await slow.clock.advance(1);
  assert.equal(slow.events.slice(2), ["abort answer replaced by a second attempt"]);
});

test("whoever gives up while it is held is told so, and nothing goes out again", async () => {
  const answer = held("unauthorized");
  answer.head(401);
  answer.controller.abort(new Error("given up"));
  answer.fail("given up");
  await answer.decide(() => void answer.events.push("again"));
  assert.equal(answer.events.slice(2), ["release", "resume", "head 401", "error given up"]);
});

test("a caller that throws hears of it, also where the answer has ended by then", async () => {
  for (const ended of [true, false]) {
    const answer = held("unauthorized");
    answer.caller.throws = new Error("no");
    answer.head(401);
    if (ended) answer.end();
    await answer.decide(undefined);
    assert.is(answer.events.at(-1), ended ? "error no" : "abort no");
  }
});

test("a second attempt that can't begin is told as the failure that it is", async () => {
  const answer = held("unauthorized");
  answer.head(401);
  await answer.decide(() => {
    throw new Error("no second attempt");
  });
  assert.equal(answer.events, ["pause", "resume", "error no second attempt"]);
});

test("a 403 is judged by its body, as soon as that has ended", async () => {
  const answer = held("forbidden");
  answer.head(403);
  answer.body("Permission");
  answer.body(" denied");
  assert.equal(answer.rejections, []);
  answer.end();
  assert.equal(answer.rejections, [{ kind: "forbidden", body: "Permission denied", date }]);
  await answer.decide(undefined);
  assert.equal(answer.events, ["pause", "release", "resume", "head 403", "body Permission", "body  denied", "end"]);
  assert.is(answer.clock.pending, 0);
});

test("of a long 403 the first 16 KiB are enough, and of a slow one the first second is", async () => {
  const long = held("forbidden");
  long.head(403);
  long.body("x".repeat(16 * KIB - 1));
  assert.is(long.rejections.length, 0);
  long.body("y");
  assert.is(long.rejections[0]?.body?.length, 16 * KIB);

  const slow = held("forbidden");
  slow.head(403);
  slow.body("x");
  await slow.clock.advance(999);
  assert.is(slow.rejections.length, 0);
  await slow.clock.advance(1);
  assert.equal(slow.rejections, [{ kind: "forbidden", body: "x", date }]);
});

test("a 403 that is cut off before it could be judged reaches its caller with the error", async () => {
  const answer = held("forbidden");
  answer.head(403);
  answer.body("x");
  answer.fail("cut off");
  assert.equal(answer.events, ["release", "resume", "head 403", "body x", "error cut off"]);
  assert.is(answer.rejections.length, 0);
  assert.is(answer.clock.pending, 0);
});

test.run();
