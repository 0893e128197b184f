import { inspect } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { AuthorizedHeaders } from "../../src/pipeline/compose.js";
import { Secret } from "../../src/secret/secret.js";
import { fakeClock } from "../../src/testing.js";
import { bearer, failure, request, shown, stamp, tail, uri } from "./authorizer-answers.js";
import { authorizerOver, boundAuth, boundHeaders } from "./authorizer-fixture.js";

const test = suite("authorizer");

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
