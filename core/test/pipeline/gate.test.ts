import { inspect } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isMlflowAuthError, MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { Authorization } from "../../src/pipeline/compose.js";
import { anonymous } from "../../src/provider/provider.js";
import { isSecret, Secret } from "../../src/secret/secret.js";
import { authSlot, gateOver, headerSlot } from "./gate-fixture.js";

const test = suite("gate");
const uri = "https://mlflow.test";
const request = { url: `${uri}/api/2.0/mlflow/runs/get`, method: "GET" };

const bearer = (token: string) => ({ headers: { Authorization: new Secret(`Bearer ${token}`) } });
const outage = (message: string) =>
  new MlflowAuthError("SECRET_UNREACHABLE", message, { transient: true, remedy: "start it" });

function shown(authorization: Authorization | undefined): Record<string, string> {
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
  const { gate } = gateOver([{ uri, auth: [authSlot("a", () => undefined), authSlot("b", () => bearer("b"))] }]);
  const authorization = await gate.authorize(request);
  assert.equal(shown(authorization), { Authorization: "Bearer b" });
  assert.is(authorization?.provider, "b");
  assert.equal({ ...authorization?.sources }, { Authorization: "b" });
});

test("a failed fetch moves on to the next, with one warning per failure", async () => {
  const down = outage("vault is down");
  const { gate, log } = gateOver([
    { uri, auth: [authSlot("a", () => Promise.reject(down)), authSlot("b", () => bearer("b"))] },
  ]);
  for (let i = 0; i < 3; i++) assert.equal(shown(await gate.authorize(request)), { Authorization: "Bearer b" });
  assert.is(log.length, 1);
  assert.match(log[0]?.message as string, /vault is down; asking b instead/);
});

test("where nobody answers the request fails and lists every reason", async () => {
  const slots = [authSlot("a", () => Promise.reject(outage("vault is down"))), authSlot("b", () => undefined)];
  const error = await failure(() => gateOver([{ uri, auth: slots }]).gate.authorize(request));
  assert.is(error.code, "AUTH_FAILED");
  assert.match(error.message, /a: vault is down; b: has none for this request/);
  assert.match(error.remedy as string, /start it/);
  assert.ok(error.transient);
});

test("the failure of the only provider is passed on as it is", async () => {
  const error = await failure(() =>
    gateOver([
      {
        uri,
        auth: [
          authSlot("a", () => {
            throw outage("down");
          }),
        ],
      },
    ]).gate.authorize(request),
  );
  assert.is(error.code, "SECRET_UNREACHABLE");
});

test("anonymous goes bare on purpose, without the client's credentials", async () => {
  const authorization = await gateOver([{ uri, auth: [authSlot("a", () => anonymous)] }]).gate.authorize(request);
  assert.equal(shown(authorization), {});
  assert.is(authorization?.strips, true);
  assert.is(authorization?.provider, undefined);
});

test("an unlisted URL is left alone; a near miss is named once", async () => {
  const { gate, log } = gateOver([{ uri, auth: [authSlot("a", () => bearer("a"))] }]);
  assert.is(gate.authorize({ url: "https://elsewhere.test/", method: "GET" }), undefined);
  assert.is(log.length, 0);
  for (let i = 0; i < 3; i++) assert.is(gate.authorize({ url: "https://mlflow.test:8443/", method: "GET" }), undefined);
  assert.is(log.length, 1);
  assert.match(log[0]?.message as string, /https:\/\/mlflow\.test/);
});

test("a cached answer comes without a promise and is composed once", () => {
  const auth = bearer("a");
  const extra = { "DD-API-KEY": new Secret("k") };
  const { gate } = gateOver([{ uri, auth: [authSlot("a", () => auth)], headers: [headerSlot("d", () => extra)] }]);
  const first = gate.authorize(request);
  assert.not.ok(first instanceof Promise);
  assert.is(gate.authorize({ ...request, url: `${uri}/other` }), first);
  assert.equal(shown(first as Authorization), { Authorization: "Bearer a", "DD-API-KEY": "k" });
});

test("two plugins that set the same header, in any spelling, are an error naming both", async () => {
  for (const name of ["Authorization", "authorization", "AUTHORIZATION"]) {
    const { gate } = gateOver([
      { uri, auth: [authSlot("a", () => bearer("a"))], headers: [headerSlot("h", () => ({ [name]: "x" }))] },
    ]);
    const error = await failure(() => gate.authorize(request));
    assert.is(error.code, "HEADER_COLLISION");
    assert.match(error.message, /plugins a and h both set the header/);
  }
  const twice = gateOver([{ uri, headers: [headerSlot("h", () => ({ "x-a": "1", X_A: "2" }))] }]);
  assert.is((await failure(() => twice.gate.authorize(request))).code, "HEADER_COLLISION");
});

test("rubbish from a plugin fails the request, names the plugin and never shows a value", async () => {
  const canary = ["can", "ary", process.pid].join("-");
  const answers: [string, () => unknown][] = [
    ["PLUGIN_RESULT", () => null],
    ["PLUGIN_RESULT", () => canary],
    ["PLUGIN_RESULT", () => ({})],
    ["PLUGIN_RESULT", () => ({ headers: { Authorization: 7 } })],
    ["PLUGIN_RESULT", () => ({ headers: { Authorization: canary }, expiresAt: 1 })],
    ["HEADER_INVALID", () => ({ headers: { "Bad Name": canary } })],
    ["HEADER_INVALID", () => ({ headers: { Host: canary } })],
    ["HEADER_INVALID", () => ({ headers: { transfer_encoding: canary } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: `${canary}\r\nX: y` } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: new Secret(`${canary}\n`) } })],
    ["HEADER_INVALID", () => ({ headers: { Authorization: new Secret(`${canary}\0`) } })],
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
    const { gate, log } = gateOver([{ uri, auth: [authSlot("rubbish", answer as never)] }]);
    const error = await failure(() => gate.authorize(request));
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
  const hangs = { ...authSlot("slow", () => new Promise(() => {})), timeout: 200 };
  const { gate, clock } = gateOver([
    { uri, auth: [hangs, authSlot("b", () => bearer("b"))] },
    { uri: "https://other.test", auth: [authSlot("c", () => bearer("c"))] },
  ]);
  const waiting = gate.authorize(request);
  assert.equal(shown(await gate.authorize({ url: "https://other.test/", method: "GET" })), {
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
  const strict = gateOver([{ uri, headers: [headerSlot("h", broken)] }]);
  assert.is((await failure(() => strict.gate.authorize(request))).code, "PLUGIN_FAILED");
  const lenient = gateOver([
    { uri, headers: [headerSlot("h", broken, true), headerSlot("k", () => ({ "x-k": "1" }))] },
  ]);
  assert.equal(shown(await lenient.gate.authorize(request)), { "x-k": "1" });
  assert.match(lenient.log[0]?.message as string, /optional/);
});

test("a provider sees the URL as it is sent, without the credential that the client brought in its query", async () => {
  const seen: string[] = [];
  const curious = authSlot("a", ({ url }) => {
    seen.push(url.href);
    return bearer("t");
  });
  const { gate } = gateOver([{ uri, auth: [curious] }]);
  for (const query of ["?api_key=k", "?a=1&API-KEY=k&b=%7E+~", "?api%5Fkey=k#f"]) {
    await gate.authorize({ url: `${uri}/x${query}`, method: "GET" });
  }
  assert.equal(seen, [`${uri}/x`, `${uri}/x?a=1&b=%7E+~`, `${uri}/x#f`]);

  const bare: string[] = [];
  const header = headerSlot("h", ({ url }) => {
    bare.push(url.href);
    return { "x-h": "1" };
  });
  const open = gateOver([{ uri, headers: [header] }]);
  await open.gate.authorize({ url: `${uri}/x?api_key=k`, method: "GET" });
  assert.equal(bare, [`${uri}/x?api_key=k`], "the client's own passes where nobody else gives one");
});

test("after a 401 a changed secret is sent once more, and all who were refused share one fetch", async () => {
  let token = "old";
  let cached: ReturnType<typeof bearer> | undefined;
  let fetches = 0;
  const slot = authSlot(
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
  const { gate } = gateOver([{ uri, auth: [slot] }]);
  const stale = (await gate.authorize(request)) as Authorization;
  token = "new";
  const renewed = await Promise.all(
    Array.from({ length: 100 }, () => gate.refused(stale, { suspicion: "credential" }, request)),
  );
  for (const authorization of renewed) assert.equal(shown(authorization), { Authorization: "Bearer new" });
  assert.is(fetches, 2);
  // One that was refused with the old secret and says so late costs no fetch at all.
  assert.equal(shown(await gate.refused(stale, { suspicion: "credential" }, request)), { Authorization: "Bearer new" });
  assert.is(fetches, 2);
});

test("an unchanged secret is not sent again, and the store is left alone for 5 s, 20 s, 80 s, then 5 min at most", async () => {
  let fetches = 0;
  let cached: ReturnType<typeof bearer> | undefined;
  const slot = authSlot(
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
  const { gate, clock } = gateOver([{ uri, auth: [slot] }]);
  const times: number[] = [];
  for (let second = 0; second < 1200; second++) {
    const before = fetches;
    assert.is(
      await gate.refused((await gate.authorize(request)) as Authorization, { suspicion: "credential" }, request),
      undefined,
    );
    if (fetches > before) times.push(second);
    await clock.advance(1000);
  }
  assert.equal(times.slice(0, 5), [0, 5, 25, 105, 405]);
});

test("a refusal of one server's credential leaves the other provider alone", async () => {
  let invalidated = 0;
  const slots = [
    authSlot(
      "a",
      () => undefined,
      () => {
        invalidated += 100;
      },
    ),
    authSlot(
      "b",
      () => bearer("b"),
      () => {
        invalidated++;
      },
    ),
  ];
  const { gate } = gateOver([{ uri, auth: slots }]);
  await gate.refused((await gate.authorize(request)) as Authorization, { suspicion: "credential" }, request);
  assert.is(invalidated, 1);
});

test.run();
