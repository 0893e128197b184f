import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { RequestAuthProvider } from "../../src/provider/provider.js";
import { createSecretCache } from "../../src/secret/cache.js";
import { fakeClock } from "../../src/testing.js";
import { bearer, failure, request, shown, uri } from "./authorizer-answers.js";
import { authorizerOver, boundAuth } from "./authorizer-fixture.js";

const test = suite("credentials that have ended");

test("a credential that has ended is asked for anew, once, and its provider is told once of many requests", async () => {
  const clock = fakeClock();
  const told: string[] = [];
  let asked = 0;
  let made = 0;
  let held: ReturnType<typeof make> | undefined;
  const make = () => ({ ...bearer(`token ${++made}`), expiresAt: clock.wallTime() + 1_000 });
  for (const promised of [false, true]) {
    const getAuth = () => {
      asked++;
      held ??= make();
      return promised ? Promise.resolve(held) : held;
    };
    const bound = boundAuth("a", getAuth, (kind) => {
      told.push(kind);
      held = undefined;
    });
    const { authorizer } = authorizerOver([{ uri, auth: [bound] }], clock);
    const before = shown(await authorizer.authorize(request));
    clock.jump(999);
    assert.equal(shown(await authorizer.authorize(request)), before);
    clock.jump(1);
    [asked, told.length] = [0, 0];
    const all = await Promise.all(Array.from({ length: 100 }, () => authorizer.authorize(request)));
    assert.equal(new Set(all.map((given) => JSON.stringify(shown(given)))).size, 1);
    assert.not.equal(shown(all[0]), before);
    assert.equal(told, ["unauthorized"]);
    assert.ok(asked <= 200, `${asked} questions`);
    held = undefined;
  }
});

test("a credential of a cache whose entry does not end with it is fetched anew, once", async () => {
  const clock = fakeClock();
  const cache = createSecretCache({ clock });
  let fetches = 0;
  // The end stands in the token alone, as with a JWT that the plugin reads only as it makes the header.
  const fetch = async () => ({ value: { token: `token ${++fetches}`, exp: clock.wallTime() + 1_000 } });
  const getAuth = async () => {
    const { token, exp } = await cache.get("key", fetch, { ttl: 300_000 });
    return { ...bearer(token), expiresAt: exp };
  };
  const { authorizer } = authorizerOver(
    [{ uri, auth: [boundAuth("a", getAuth, () => cache.invalidate("key"))] }],
    clock,
  );
  for (const token of ["token 1", "token 2", "token 3"]) {
    for (let i = 0; i < 3; i++) {
      assert.equal(shown(await authorizer.authorize(request)), { Authorization: `Bearer ${token}` });
    }
    await clock.advance(1_000);
  }
  assert.is(fetches, 3);
});

test("a credential that has ended when it is asked for anew is the backend's or the clock's fault, and is left alone for a while", async () => {
  const clock = fakeClock();
  const kept = { ...bearer("kept"), expiresAt: clock.wallTime() - 90_000 };
  const answers = [() => kept, async () => kept, () => ({ ...kept }), async () => ({ ...kept })];
  for (const getAuth of answers) {
    let asked = 0;
    let answer: RequestAuthProvider["getAuth"] = getAuth;
    const ask = () => {
      asked++;
      return answer({} as never);
    };
    const { authorizer, log } = authorizerOver([{ uri, auth: [boundAuth("a", ask)] }], clock);
    for (let second = 0; second < 60; second++) {
      for (let i = 0; i < 10; i++) {
        const error = await failure(() => authorizer.authorize(request));
        assert.equal([error.code, error.transient, error.plugin], ["SECRET_EXPIRED", true, "a"]);
        assert.match(error.message, /^plugin a: the credential had ended \d+ (s|min) before it arrived/);
        assert.match(error.remedy ?? "", /clock.*backend/);
      }
      await clock.advance(1_000);
    }
    // Two a round: as it stands, and anew.
    assert.ok(asked <= 14, `asked ${asked} times in a minute`);
    assert.equal(log, []);
    answer = () => bearer("new");
    await clock.advance(30_000);
    assert.equal(shown(await authorizer.authorize(request)), { Authorization: "Bearer new" });
    // The next failure is a first one again.
    answer = getAuth;
    await failure(() => authorizer.authorize(request));
    await clock.advance(1_000);
    answer = () => bearer("new");
    assert.equal(shown(await authorizer.authorize(request)), { Authorization: "Bearer new" });
  }
});

test("a provider that did not take the word of an ended credential hears it again after a while, once", async () => {
  for (const fault of ["throws", "goes on with the same object"]) {
    const clock = fakeClock();
    let given = { ...bearer("old"), expiresAt: clock.wallTime() + 1_000 };
    let told = 0;
    const invalidate = () => {
      if (++told === 3) given = { ...bearer("new"), expiresAt: clock.wallTime() + 3_600_000 };
      else if (fault === "throws") throw new Error("the backend is away");
    };
    const { authorizer } = authorizerOver([{ uri, auth: [boundAuth("a", () => given, invalidate)] }], clock);
    await authorizer.authorize(request);
    await clock.advance(1_000);
    const many = () => Promise.all(Array.from({ length: 20 }, () => failure(() => authorizer.authorize(request))));
    const code = fault === "throws" ? "PLUGIN_FAILED" : "SECRET_EXPIRED";
    assert.ok((await many()).every((error) => error.code === code));
    await many();
    assert.is(told, 1, fault);
    await clock.advance(1_000);
    await many();
    await clock.advance(1_000);
    await many();
    assert.is(told, 2, fault);
    await clock.advance(1_000);
    assert.equal(shown(await authorizer.authorize(request)), { Authorization: "Bearer new" });
    assert.is(told, 3, fault);
  }
});

test("the second of two providers whose credential has ended is left alone, too, and many requests at once count as one", async () => {
  const clock = fakeClock();
  const ended = { ...bearer("x"), expiresAt: clock.wallTime() };
  let asked = 0;
  const second = boundAuth("b", async () => {
    asked++;
    return { ...ended };
  });
  const { authorizer } = authorizerOver([{ uri, auth: [boundAuth("a", () => undefined), second] }], clock);
  const many = () => Promise.all(Array.from({ length: 20 }, () => failure(() => authorizer.authorize(request))));
  assert.ok((await many()).every(({ code, transient }) => code === "AUTH_FAILED" && transient));
  asked = 0;
  await many();
  assert.is(asked, 0);
  await clock.advance(1_000);
  await failure(() => authorizer.authorize(request));
  assert.is(asked, 2);
});

test("rubbish in the place of an ended credential is told as what it is", async () => {
  const clock = fakeClock();
  const ended = { ...bearer("x"), expiresAt: clock.wallTime() };
  const answers = [ended, { headers: {} }];
  const getAuth = () => answers.shift();
  const { authorizer } = authorizerOver([{ uri, auth: [boundAuth("a", getAuth)] }], clock);
  assert.is((await failure(() => authorizer.authorize(request))).code, "PLUGIN_RESULT");
});

test("an expired credential of one provider has the next one asked", async () => {
  const clock = fakeClock();
  const kept = { ...bearer("kept"), expiresAt: clock.wallTime() };
  const providers = [boundAuth("a", () => kept), boundAuth("b", () => bearer("b"))];
  const { authorizer } = authorizerOver([{ uri, auth: providers }], clock);
  assert.equal(shown(await authorizer.authorize(request)), { Authorization: "Bearer b" });
});

test.run();
