import { inspect } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isMlflowAuthError, MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { AuthorizedHeaders } from "../../src/pipeline/compose.js";
import { anonymous, type RequestAuthProvider } from "../../src/provider/provider.js";
import { createSecretCache } from "../../src/secret/cache.js";
import { isSecret, Secret } from "../../src/secret/secret.js";
import { fakeClock } from "../../src/testing.js";
import { authorizerOver, boundAuth, boundHeaders } from "./authorizer-fixture.js";

const test = suite("authorizer");
const uri = "https://mlflow.test";
const request = { url: `${uri}/api/2.0/mlflow/runs/get`, method: "GET" };

const stamp = { "x-stamp": "s" };
const tail = { "x-tail": "t" };
const bearer = (token: string) => ({ headers: { Authorization: new Secret(`Bearer ${token}`) } });
const outage = (message: string) =>
  new MlflowAuthError("SECRET_UNREACHABLE", message, { transient: true, remedy: "start it" });

function shown(authorization: AuthorizedHeaders | undefined): Record<string, string> {
  return Object.fromEntries(
    (authorization?.headers ?? []).map(([name, value]) => [name, isSecret(value) ? value.reveal() : value]),
  );
}

async function failure(attempt: () => unknown): Promise<MlflowAuthError> {
  try {
    await attempt();
  } catch (thrown) {
    if (isMlflowAuthError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

test("the first provider that answers gives the credential; undefined asks the next", async () => {
  const { authorizer } = authorizerOver([
    { uri, auth: [boundAuth("a", () => undefined), boundAuth("b", () => bearer("b"))] },
  ]);
  const authorization = await authorizer.authorize(request);
  assert.equal(shown(authorization), { Authorization: "Bearer b" });
  assert.is(authorization?.provider, "b");
  assert.equal({ ...authorization?.sources }, { Authorization: "b" });
});

test("a failed fetch moves on to the next, with one warning per failure", async () => {
  const down = outage("vault is down");
  const { authorizer, log } = authorizerOver([
    { uri, auth: [boundAuth("a", () => Promise.reject(down)), boundAuth("b", () => bearer("b"))] },
  ]);
  for (let i = 0; i < 3; i++) assert.equal(shown(await authorizer.authorize(request)), { Authorization: "Bearer b" });
  assert.is(log.length, 1);
  assert.match(log[0]?.message as string, /vault is down; asking b instead/);
});

test("where nobody answers the request fails and lists every reason", async () => {
  const bound = [boundAuth("a", () => Promise.reject(outage("vault is down"))), boundAuth("b", () => undefined)];
  const error = await failure(() => authorizerOver([{ uri, auth: bound }]).authorizer.authorize(request));
  assert.is(error.code, "AUTH_FAILED");
  assert.match(error.message, /a: vault is down; b: has none for this request/);
  assert.match(error.remedy as string, /start it/);
  assert.ok(error.transient);
});

test("the failure of the only provider is passed on as it is", async () => {
  const error = await failure(() =>
    authorizerOver([
      {
        uri,
        auth: [
          boundAuth("a", () => {
            throw outage("down");
          }),
        ],
      },
    ]).authorizer.authorize(request),
  );
  assert.is(error.code, "SECRET_UNREACHABLE");
});

test("with the file's word, anonymous goes bare on purpose, without the client's credentials", async () => {
  const listed = { uri, auth: [boundAuth("a", () => anonymous)], anonymous: true };
  const authorization = await authorizerOver([listed]).authorizer.authorize(request);
  assert.equal(shown(authorization), {});
  assert.is(authorization?.replacesClientCredentials, true);
  assert.is(authorization?.provider, undefined);
});

for (const [when, answer] of Object.entries<RequestAuthProvider["getAuth"]>({
  "at once": () => anonymous,
  later: () => Promise.resolve<typeof anonymous>(anonymous),
})) {
  test(`without the file's word, anonymous that comes ${when} is a failure: the request is not sent bare`, async () => {
    const { authorizer } = authorizerOver([{ uri, auth: [boundAuth("a", answer)] }]);
    for (const _ of [1, 2]) {
      const error = await failure(() => authorizer.authorize(request));
      assert.is(error.code, "ANONYMOUS_REFUSED");
      assert.match(`${error.message} ${error.remedy}`, /plugin a .*https:\/\/mlflow\.test.*anonymous: allowed/);
    }
  });
}

test("without the file's word, the next plugin is asked after one that answers anonymous, and it is told", async () => {
  const auth = [boundAuth("a", () => anonymous), boundAuth("b", () => bearer("b"))];
  const { authorizer, log } = authorizerOver([{ uri, auth }]);
  assert.equal(shown(await authorizer.authorize(request)), { Authorization: "Bearer b" });
  assert.match(log.map(({ message }) => message).join(), /plugin a answered .*; asking b instead/);
});

test("a plugin that answers anonymous after a rejection sends nothing bare", async () => {
  let rejected = false;
  const auth = boundAuth(
    "a",
    () => (rejected ? anonymous : bearer("a")) as never,
    () => {
      rejected = true;
    },
  );
  const { authorizer } = authorizerOver([{ uri, auth: [auth] }]);
  const first = (await authorizer.authorize(request)) as AuthorizedHeaders;
  assert.is(await authorizer.rejected(first, { kind: "unauthorized" }, request), undefined);
  assert.is((await failure(() => authorizer.authorize(request))).code, "ANONYMOUS_REFUSED");
});

test("an unlisted URL is left alone; a near miss is named once", async () => {
  const { authorizer, log } = authorizerOver([{ uri, auth: [boundAuth("a", () => bearer("a"))] }]);
  assert.is(authorizer.authorize({ url: "https://elsewhere.test/", method: "GET" }), undefined);
  assert.is(log.length, 0);
  for (let i = 0; i < 3; i++)
    assert.is(authorizer.authorize({ url: "https://mlflow.test:8443/", method: "GET" }), undefined);
  assert.is(log.length, 1);
  assert.match(log[0]?.message as string, /https:\/\/mlflow\.test/);
});

test("a cached answer comes without a promise and is composed once", () => {
  const auth = bearer("a");
  const extra = { "DD-API-KEY": new Secret("k") };
  const { authorizer } = authorizerOver([
    { uri, auth: [boundAuth("a", () => auth)], headers: [boundHeaders("d", () => extra)] },
  ]);
  const first = authorizer.authorize(request);
  assert.not.ok(first instanceof Promise);
  assert.is(authorizer.authorize({ ...request, url: `${uri}/other` }), first);
  assert.equal(shown(first as AuthorizedHeaders), { Authorization: "Bearer a", "DD-API-KEY": "k" });
});

test("two plugins that set the same header, in any spelling, are an error naming both", async () => {
  for (const name of ["Authorization", "authorization", "AUTHORIZATION"]) {
    const { authorizer } = authorizerOver([
      { uri, auth: [boundAuth("a", () => bearer("a"))], headers: [boundHeaders("h", () => ({ [name]: "x" }))] },
    ]);
    const error = await failure(() => authorizer.authorize(request));
    assert.is(error.code, "HEADER_COLLISION");
    assert.match(error.message, /plugins a and h both set the header/);
  }
  const twice = authorizerOver([{ uri, headers: [boundHeaders("h", () => ({ "x-a": "1", X_A: "2" }))] }]);
  assert.is((await failure(() => twice.authorizer.authorize(request))).code, "HEADER_COLLISION");
});

test("rubbish from a plugin fails the request, names the plugin and never shows a value", async () => {
  const canary = ["can", "ary", process.pid].join("-");
  const answers: [string, () => unknown][] = [
    ["PLUGIN_RESULT", () => null],
    ["PLUGIN_RESULT", () => canary],
    ["PLUGIN_RESULT", () => ({})],
    ["PLUGIN_RESULT", () => ({ headers: { Authorization: 7 } })],
    ["SECRET_EXPIRED", () => ({ headers: { Authorization: canary }, expiresAt: 1 })],
    ["HEADER_INVALID", () => ({ headers: { "Bad Name": canary } })],
    ["HEADER_INVALID", () => ({ headers: { Host: canary } })],
    ["HEADER_INVALID", () => ({ headers: { transfer_encoding: canary } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: `${canary}\r\nX: y` } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: new Secret(`${canary}\n`) } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: new Secret(`${canary}\0`) } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: `${canary}\nX: y` } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: ` ${canary}` } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: `${canary}\t` } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: "" } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: `${canary}€` } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: canary.repeat(2000) } })],
    [
      "PLUGIN_FAILED",
      () => {
        throw new TypeError(canary);
      },
    ],
    ["PLUGIN_FAILED", () => Promise.reject(canary)],
    ["PLUGIN_FAILED", () => Promise.reject(undefined)],
  ];
  for (const [code, answer] of answers) {
    const { authorizer, log } = authorizerOver([{ uri, auth: [boundAuth("rubbish", answer as never)] }]);
    const error = await failure(() => authorizer.authorize(request));
    assert.is(error.code, code, answer.toString());
    assert.match(error.message, /rubbish/);
    const printed = [
      error.message,
      error.stack,
      error.remedy,
      JSON.stringify(error),
      inspect(error, { showHidden: true, depth: 9 }),
      inspect(log, { depth: 9 }),
    ];
    for (const text of printed) assert.not.match(String(text), canary);
  }
});

test("a plugin that hangs is abandoned after its time-out, and its neighbours answer", async () => {
  const hangs = { ...boundAuth("slow", () => new Promise(() => {})), timeout: 200 };
  const { authorizer, clock } = authorizerOver([
    { uri, auth: [hangs, boundAuth("b", () => bearer("b"))] },
    { uri: "https://other.test", auth: [boundAuth("c", () => bearer("c"))] },
  ]);
  const waiting = authorizer.authorize(request);
  assert.equal(shown(await authorizer.authorize({ url: "https://other.test/", method: "GET" })), {
    Authorization: "Bearer c",
  });
  await clock.advance(200);
  assert.equal(shown(await waiting), { Authorization: "Bearer b" });
  assert.is(clock.pending, 0);
});

test("a header provider that fails stops the request, unless it is optional", async () => {
  const broken = () => {
    throw new Error("no");
  };
  const strict = authorizerOver([{ uri, headers: [boundHeaders("h", broken)] }]);
  assert.is((await failure(() => strict.authorizer.authorize(request))).code, "PLUGIN_FAILED");
  const lenient = authorizerOver([
    { uri, headers: [boundHeaders("h", broken, true), boundHeaders("k", () => ({ "x-k": "1" }))] },
  ]);
  assert.equal(shown(await lenient.authorizer.authorize(request)), { "x-k": "1" });
  assert.match(lenient.log[0]?.message as string, /optional/);
});

test("a provider sees the URL as it is sent, without the credential that the client brought in its query", async () => {
  const seen: string[] = [];
  const curious = boundAuth("a", ({ url }) => {
    seen.push(url.href);
    return bearer("t");
  });
  const { authorizer } = authorizerOver([{ uri, auth: [curious] }]);
  for (const query of ["?api_key=k", "?a=1&API-KEY=k&b=%7E+~", "?api%5Fkey=k#f"]) {
    await authorizer.authorize({ url: `${uri}/x${query}`, method: "GET" });
  }
  assert.equal(seen, [`${uri}/x`, `${uri}/x?a=1&b=%7E+~`, `${uri}/x#f`]);

  const bare: string[] = [];
  const header = boundHeaders("h", ({ url }) => {
    bare.push(url.href);
    return { "x-h": "1" };
  });
  const open = authorizerOver([{ uri, headers: [header] }]);
  await open.authorizer.authorize({ url: `${uri}/x?api_key=k`, method: "GET" });
  assert.equal(bare, [`${uri}/x?api_key=k`], "the client's own passes where nobody else gives one");
});

test("after a 401 a changed secret is sent once more, and all who were refused share one fetch", async () => {
  let token = "old";
  let cached: ReturnType<typeof bearer> | undefined;
  let fetches = 0;
  const bound = boundAuth(
    "a",
    () =>
      cached ??
      new Promise((resolve) => {
        fetches++;
        cached = bearer(token);
        setImmediate(resolve, cached);
      }),
    () => {
      cached = undefined;
    },
  );
  const { authorizer } = authorizerOver([{ uri, auth: [bound] }]);
  const stale = (await authorizer.authorize(request)) as AuthorizedHeaders;
  token = "new";
  const renewed = await Promise.all(
    Array.from({ length: 100 }, () => authorizer.rejected(stale, { kind: "unauthorized" }, request)),
  );
  for (const authorization of renewed) assert.equal(shown(authorization), { Authorization: "Bearer new" });
  assert.is(fetches, 2);
  // One that was refused with the old secret and says so late costs no fetch at all.
  assert.equal(shown(await authorizer.rejected(stale, { kind: "unauthorized" }, request)), {
    Authorization: "Bearer new",
  });
  assert.is(fetches, 2);
});

test("an unchanged secret is not sent again, and the store is left alone for 5 s, 20 s, 80 s, then 5 min at most", async () => {
  let fetches = 0;
  let cached: ReturnType<typeof bearer> | undefined;
  const bound = boundAuth(
    "a",
    () => {
      if (cached === undefined) fetches++;
      cached ??= bearer("same");
      return cached;
    },
    () => {
      cached = undefined;
    },
  );
  const { authorizer, clock } = authorizerOver([{ uri, auth: [bound] }]);
  const times: number[] = [];
  for (let second = 0; second < 1200; second++) {
    const before = fetches;
    assert.is(
      await authorizer.rejected(
        (await authorizer.authorize(request)) as AuthorizedHeaders,
        { kind: "unauthorized" },
        request,
      ),
      undefined,
    );
    if (fetches > before) times.push(second);
    await clock.advance(1000);
  }
  assert.equal(times.slice(0, 5), [0, 5, 25, 105, 405]);
});

test("a rejection of one server's credential leaves the other provider alone", async () => {
  let invalidated = 0;
  const bound = [
    boundAuth(
      "a",
      () => undefined,
      () => {
        invalidated += 100;
      },
    ),
    boundAuth(
      "b",
      () => bearer("b"),
      () => {
        invalidated++;
      },
    ),
  ];
  const { authorizer } = authorizerOver([{ uri, auth: bound }]);
  await authorizer.rejected(
    (await authorizer.authorize(request)) as AuthorizedHeaders,
    { kind: "unauthorized" },
    request,
  );
  assert.is(invalidated, 1);
});

test("all providers of a request see the same time", async () => {
  let now = 0;
  const times: number[] = [];
  const clock = { ...fakeClock(), now: () => ++now };
  // The providers' context is given the held clock; here they have to get hold of it by themselves.
  const setup: { held?: { now(): number } } = {};
  const tell = () => void times.push(setup.held?.now() ?? Number.NaN);
  const auth = boundAuth("a", () => {
    tell();
    return bearer("a");
  });
  const headers = boundHeaders("h", () => {
    tell();
    return { "X-Extra": "1" };
  });
  const { authorizer, held } = authorizerOver([{ uri, auth: [auth], headers: [headers] }], clock);
  setup.held = held;
  await authorizer.authorize(request);
  await authorizer.authorize(request);
  assert.equal(times, [1, 1, 2, 2]);
});

test("a header provider that is not in context, now or by promise, is not asked for headers", async () => {
  for (const inContext of [() => false, async () => false]) {
    let asked = 0;
    const requestHeaders = () => {
      asked++;
      return { "x-h": "1" };
    };
    const bound = { ...boundHeaders("h", requestHeaders), provider: { inContext, requestHeaders } };
    const { authorizer } = authorizerOver([{ uri, headers: [bound, boundHeaders("k", () => ({ "x-k": "1" }))] }]);
    for (let i = 0; i < 2; i++) assert.equal(shown(await authorizer.authorize(request)), { "x-k": "1" });
    assert.is(asked, 0);
  }
});

test("a header provider that says by promise that it is in context is asked", async () => {
  const requestHeaders = () => ({ "x-h": "1" });
  const bound = { ...boundHeaders("h", requestHeaders), provider: { inContext: async () => true, requestHeaders } };
  const { authorizer } = authorizerOver([{ uri, headers: [bound] }]);
  assert.equal(shown(await authorizer.authorize(request)), { "x-h": "1" });
});

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

test("a failure of several providers is transient if one of theirs is, and else it is not", async () => {
  const denied = new MlflowAuthError("SECRET_DENIED", "no");
  for (const [causes, transient] of [
    [[denied, outage("down")], true],
    [[outage("down"), denied], true],
    [[denied, denied], false],
    [[undefined, undefined], false],
  ] as const) {
    const answer = (cause: MlflowAuthError | undefined) => () =>
      cause === undefined ? undefined : Promise.reject(cause);
    const providers = causes.map((cause, index) => boundAuth(`p${index}`, answer(cause)));
    const error = await failure(() => authorizerOver([{ uri, auth: providers }]).authorizer.authorize(request));
    assert.is(error.code, "AUTH_FAILED");
    assert.is(error.transient, transient);
  }
});

test("a time-out of a plugin is transient, and says how long was waited", async () => {
  const hangs = { ...boundAuth("slow", () => new Promise(() => {})), timeout: 200 };
  const { authorizer, clock } = authorizerOver([{ uri, auth: [hangs] }]);
  const error = failure(() => authorizer.authorize(request));
  await clock.advance(200);
  assert.is((await error).code, "PLUGIN_TIMEOUT");
  assert.is((await error).transient, true);
  assert.is((await error).plugin, "slow");
  assert.match((await error).message, /within 200 ms/);
});

test("an error of ours that a plugin made without its name gets it, and is the same object each time", async () => {
  const nameless = outage("down");
  const reject = () => Promise.reject(nameless);
  const { authorizer } = authorizerOver([{ uri, auth: [boundAuth("a", reject)] }]);
  const error = await failure(() => authorizer.authorize(request));
  assert.is(error.plugin, "a");
  assert.is(error.message, "plugin a: down");
  assert.is(error.remedy, "start it");
  assert.is(error.transient, true);
  assert.is(await failure(() => authorizer.authorize(request)), error);
});

test("an error that names its plugin passes as it is", async () => {
  const own = new MlflowAuthError("SECRET_DENIED", "no", { plugin: "mine" });
  const { authorizer } = authorizerOver([{ uri, auth: [boundAuth("a", () => Promise.reject(own))] }]);
  assert.is(await failure(() => authorizer.authorize(request)), own);
});

test("no header at all, and an end that is no number, are refused", async () => {
  const named = bearer("a").headers;
  for (const [answer, why] of [
    [{ headers: {} }, /no header/],
    [{ headers: named, expiresAt: "9999999999999" }, /not a number/],
    [{ headers: named, expiresAt: Number.NaN }, /not a number/],
    [{ headers: named, expiresAt: null }, /not a number/],
  ] as const) {
    const { authorizer } = authorizerOver([{ uri, auth: [boundAuth("a", () => answer as never)] }]);
    const error = await failure(() => authorizer.authorize(request));
    assert.is(error.code, "PLUGIN_RESULT");
    assert.match(error.message, why);
  }
});

test("a header that is another one with each request goes out as it is, given or promised, and the others stay", async () => {
  const kept = bearer("kept");
  for (const promised of [false, true]) {
    let count = 0;
    const counter = () => ({ "x-count": String(++count) });
    const { authorizer } = authorizerOver([
      {
        uri,
        auth: [boundAuth("a", () => kept)],
        headers: [
          boundHeaders("first", () => stamp),
          boundHeaders("counter", promised ? async () => counter() : counter),
          boundHeaders("last", () => tail),
        ],
      },
    ]);
    for (let i = 1; i <= 3; i++) {
      assert.equal(shown(await authorizer.authorize(request)), {
        Authorization: "Bearer kept",
        "x-stamp": "s",
        "x-count": String(i),
        "x-tail": "t",
      });
    }
  }
});

test("of several servers each near miss is named once", () => {
  const { authorizer, log } = authorizerOver([{ uri }, { uri: "https://other.test" }]);
  for (let i = 0; i < 3; i++) authorizer.authorize({ url: "https://mlflow.test:8443/", method: "GET" });
  assert.is(log.length, 1);
  authorizer.authorize({ url: "http://other.test/", method: "GET" });
  assert.is(log.length, 2);
});

test.run();
