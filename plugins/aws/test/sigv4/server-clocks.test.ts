/** By which time requests are signed. */
import { fakeClock, testContext, testRequest } from "@mlflow-auth/core/testing";
import { environmentOf, makeKeys } from "@mlflow-auth/test/servers/secrets-manager-fake";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { ServerClocks } from "../../src/sigv4/server-clocks.js";
import { startSigner } from "./start-signer.ts";

const test = suite("the clocks of servers");

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2060, 0, 1);

function start() {
  const clock = fakeClock(START);
  const context = testContext({ clock, instance: "sigv4" });
  return { clock, context, clocks: new ServerClocks(context) };
}

test("a difference of four minutes and more is taken over, for that server alone, and said", () => {
  for (const difference of [4 * MINUTE, -4 * MINUTE, 24 * HOUR, -24 * HOUR]) {
    const { clocks, context } = start();
    assert.is(clocks.correct("https://a", START + difference), true);
    assert.equal([clocks.ahead("https://a"), clocks.ahead("https://b")], [difference, 0]);
    const told = difference > 0 ? /is .* behind that of https:\/\/a/ : /is .* ahead of that of https:\/\/a/;
    assert.match(context.logs[0]?.message ?? "", told);
    assert.is(context.logs.length, 1);
  }
});

test("what is less, or not known, is about something else", () => {
  const { clocks, context } = start();
  for (const time of [undefined, START, START + 4 * MINUTE - 1, START - 4 * MINUTE + 1]) {
    assert.is(clocks.correct("https://a", time), false);
  }
  assert.equal([clocks.ahead("https://a"), context.logs], [0, []]);
});

test("more than a day is never taken over: the machine's clock has to be set", () => {
  for (const difference of [24 * HOUR + 1, -24 * HOUR - 1]) {
    const { clocks, context } = start();
    assert.is(clocks.correct("https://a", START + difference), false);
    assert.is(clocks.ahead("https://a"), 0);
    assert.match(context.logs[0]?.message ?? "", /set it, as by NTP/);
  }
});

test("after an hour the machine's own time is tried again, and a clock that is right by then is found out at once", async () => {
  const { clock, clocks } = start();
  clocks.correct("https://a", START + 10 * MINUTE);
  await clock.advance(HOUR - 1);
  assert.is(clocks.ahead("https://a"), 10 * MINUTE);
  assert.is(clocks.correct("https://a", START + HOUR - 1 + 10 * MINUTE), false, "it is corrected already");
  assert.is(clocks.correct("https://a", START + HOUR - 1), true, "the clock was set meanwhile");
  assert.is(clocks.ahead("https://a"), 0);
  clocks.correct("https://a", START + 3 * HOUR);
  await clock.advance(HOUR);
  assert.is(clocks.ahead("https://a"), 0);
});

test("a corrected time makes another credential of the same keys, which nobody logs in for again", async () => {
  const { provider, auth, context, close } = await startSigner(
    { region: "eu-west-1" },
    { env: environmentOf(makeKeys()) },
  );
  const before = await auth();
  const rejected = { request: testRequest(), auth: before };
  await provider.invalidate("suspected", { ...rejected, serverTime: context.clock.wallTime() + 10 * MINUTE });
  const answer = provider.getAuth(testRequest());
  assert.not.ok(answer instanceof Promise, "the keys are still there");
  const after = await auth();
  assert.is.not(after.id, before.id);
  assert.is(await dateOf(after), "20600101T001000Z");
  assert.is(await dateOf(before), "20600101T000000Z");
  await close();

  async function dateOf(credential: typeof before) {
    const { url, server } = testRequest();
    const request = { url, server, method: "GET", path: url.pathname, headers: [["Host", url.host]] as const };
    const headers = await provider.signRequest?.({ ...request, sha256: async () => "0".repeat(64) }, credential);
    return headers?.["X-Amz-Date"];
  }
});

test.run();
