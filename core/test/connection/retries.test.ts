import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createRetries } from "../../src/connection/retries.js";
import { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { HttpResponse } from "../../src/provider/context.js";
import { fakeClock, testContext } from "../../src/testing.js";

const test = suite("what is asked of a secret backend again");

type Given = number | string | { status: number; retryAfter: string };

const origin = "https://store.example.com";

/** The tries at a backend that answers with `given` one by one: a status, or the code of a failed connection. */
function started(given: readonly Given[], random = 0.5) {
  const clock = fakeClock();
  const context = testContext({ clock });
  const sentAt: number[] = [];
  const timeouts: number[] = [];
  async function attempt(timeout: number): Promise<HttpResponse> {
    timeouts.push(timeout);
    const next = given[sentAt.push(clock.now()) - 1] ?? 200;
    if (typeof next === "string") throw failure(next);
    const { status, retryAfter } = typeof next === "number" ? { status: next, retryAfter: undefined } : next;
    const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
    return { status, headers, text: "{}", bytes: Buffer.from("{}"), origin };
  }
  const retries = createRetries(context, () => random);
  const send = (own = attempt, once = false) => retries.send(origin, own, { timeout: once ? 2_000 : 10_000, once });
  return { clock, context, attempt, retries, send, sentAt, timeouts };
}

function failure(code: string, transient = true) {
  const cause = Object.assign(new Error(code), { code });
  return new MlflowAuthError("SECRET_UNREACHABLE", `can't be reached: ${code}`, { transient, cause });
}

for (const [random, wanted] of [
  [0.5, [0, 100, 300]],
  [0, [0, 60, 180]],
  [0.999_999, [0, 140, 420]],
] as const) {
  test(`three tries with a wait that doubles, jittered by ${random}`, async () => {
    const { clock, send, sentAt } = started([503, "ECONNREFUSED", 500, 200], random);
    const answer = send();
    await clock.advance(5_000);
    assert.is((await answer).status, 500);
    assert.equal(sentAt.map(Math.round), wanted);
    assert.is(clock.pending, 0);
  });
}

for (const first of [429, 500, 502, 503, 504, "ECONNREFUSED", "ECONNRESET", "UND_ERR_SOCKET", "EAI_AGAIN"]) {
  test(`${first} is tried again`, async () => {
    const { clock, send, sentAt } = started([first]);
    const answer = send();
    await clock.advance(1_000);
    assert.is((await answer).status, 200);
    assert.is(sentAt.length, 2);
  });
}

for (const first of [200, 204, 301, 307, 400, 401, 403, 404, 405, 408, 412, 418]) {
  test(`${first} is an answer and not tried again`, async () => {
    const { clock, send, sentAt } = started([first]);
    assert.is((await send()).status, first);
    assert.is(sentAt.length, 1);
    assert.is(clock.pending, 0);
  });
}

for (const code of ["DEPTH_ZERO_SELF_SIGNED_CERT", "CERT_HAS_EXPIRED", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"]) {
  test(`${code} is not tried again`, async () => {
    const { send, sentAt } = started([code]);
    assert.is(await send().catch((error) => error.cause.code), code);
    assert.is(sentAt.length, 1);
  });
}

test("what will not pass by itself is not tried again", async () => {
  const { send } = started([]);
  let tries = 0;
  const refused = async () => {
    tries++;
    throw failure("ECONNREFUSED", false);
  };
  await send(refused).catch(() => undefined);
  assert.is(tries, 1);
});

test("all tries together take no longer than one may, and a time-out is not tried again", async () => {
  const { clock, send } = started([]);
  const limits: number[] = [];
  const hanging = async (timeout: number) => {
    const taken = limits.push(timeout) === 1 ? 4_000 : timeout;
    await new Promise<void>((resolve) => clock.setTimeout(resolve, taken));
    throw failure("no answer");
  };
  const answer = send(hanging).catch((error) => error.message);
  await clock.advance(60_000);
  assert.match(await answer, "no answer");
  assert.equal(limits, [10_000, 5_900]);
});

test("a call that can as well be made next time is tried once", async () => {
  const { attempt, send, sentAt, timeouts } = started([503]);
  assert.is((await send(attempt, true)).status, 503);
  assert.equal([sentAt.length, timeouts], [1, [2_000]]);
});

test("Retry-After is waited for, as seconds and as a date", async () => {
  const date = new Date(Date.UTC(2026, 0, 1) + 3_000).toUTCString();
  for (const retryAfter of ["3", date]) {
    const { clock, send, sentAt } = started([{ status: 429, retryAfter }]);
    const answer = send();
    await clock.advance(2_999);
    assert.is(sentAt.length, 1);
    await clock.advance(1);
    assert.is((await answer).status, 200);
  }
});

test("a Retry-After that is shorter than the wait, or none at all, does not shorten it", async () => {
  for (const retryAfter of ["0", "-5", "soon", "", "Thu, 01 Jan 1970 00:00:00 GMT"]) {
    const { clock, send, sentAt } = started([{ status: 503, retryAfter }]);
    const answer = send();
    await clock.advance(1_000);
    await answer;
    assert.equal(sentAt, [0, 100]);
  }
});

test("a longer Retry-After ends the call, and the backend is left alone for that time", async () => {
  const { clock, send, sentAt } = started([{ status: 429, retryAfter: "30" }]);
  assert.is((await send()).status, 429);
  await clock.advance(29_000);
  assert.is((await send()).status, 429);
  assert.is(sentAt.length, 1);
  await clock.advance(1_000);
  assert.is((await send()).status, 200);
  assert.is(sentAt.length, 2);
});

test("a backend that wants to be left alone says nothing about another one of the same plugin", async () => {
  const { attempt, retries, send } = started([{ status: 429, retryAfter: "30" }]);
  assert.is((await send()).status, 429);
  const other = await retries.send("https://login.example.com", attempt, { timeout: 10_000, once: false });
  assert.is(other.status, 200);
});

test("a Retry-After beyond reason is taken for a minute", async () => {
  const { clock, send } = started([{ status: 503, retryAfter: "86400" }]);
  await send();
  await clock.advance(59_999);
  assert.is((await send()).status, 503);
  await clock.advance(1);
  assert.is((await send()).status, 200);
});

test("closing ends a wait with what the last try brought", async () => {
  const { clock, retries, send, sentAt } = started([503, 200]);
  const answer = send();
  await clock.advance(10);
  retries.close();
  assert.is((await answer).status, 503);
  assert.is(sentAt.length, 1);
  assert.is(clock.pending, 0);
});

test("the log tells of each further try, and nothing of the request", async () => {
  const { clock, context, send } = started([503, "ECONNRESET"]);
  const answer = send();
  await clock.advance(1_000);
  await answer;
  assert.equal(
    context.logs.map(({ level, fields, message }) => [level, fields, message]),
    [
      [
        "debug",
        { plugin: "test", milliseconds: 100, status: 503 },
        "asking https://store.example.com again in a moment",
      ],
      ["debug", { plugin: "test", milliseconds: 200 }, "asking https://store.example.com again in a moment"],
    ],
  );
});

test("a wait of more than five seconds ends the call, though ten would allow it", async () => {
  const { clock, send, sentAt } = started([{ status: 503, retryAfter: "6" }, 200]);
  assert.is((await send()).status, 503);
  assert.is(clock.pending, 0);
  assert.equal(sentAt, [0]);
});

test.run();
