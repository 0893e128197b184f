/** What goes wrong at Descope, and what it is told as: nothing goes out, and nothing of Descope's words or of a token is repeated. */

import { canary, revealedBy, secretSource } from "@mlflow-auth/core/testing";
import {
  type Endpoint,
  type FakeDescope,
  type Fault,
  refusal,
  startFakeDescope,
} from "@mlflow-auth/test/servers/descope-fake";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { accessKey, type GivenOptions, startProviders } from "./start-provider.ts";

const test = suite("what Descope's refusals are told as", { timeout: 120 });
const quoted = canary();

const byRefreshToken = (descope: FakeDescope) => ({
  refreshToken: secretSource(() => descope.refreshToken, "the file refresh"),
});
const bySession = (descope: FakeDescope) => ({
  sessionToken: secretSource(() => descope.session(), "the file session"),
});
const logins: Record<Endpoint, (descope: FakeDescope) => GivenOptions> = {
  exchange: accessKey,
  refresh: byRefreshToken,
  keys: bySession,
};

async function faultOf(endpoint: Endpoint, fault: Fault, given = logins[endpoint]) {
  const descope = await startFakeDescope();
  descope.faults[endpoint].push(...Array(8).fill(fault));
  const started = await startProviders(descope, given(descope));
  try {
    const { code, transient, plugin, message, remedy = "" } = await started.fault();
    const all = `${message} ${remedy} ${JSON.stringify(started.context.logs)}`;
    for (const secret of [quoted, descope.accessKey, descope.refreshToken]) {
      assert.is(revealedBy(all, secret), undefined, "nothing is repeated");
    }
    assert.is(plugin, "descope");
    assert.ok(remedy !== "", "it says what to do");
    return { code, transient, message, remedy };
  } finally {
    await started.close();
    await descope.stop();
  }
}

const refused = (status: number) => refusal(status, "E011003", `no ${quoted}`);
const page = `<!doctype html><title>${quoted}</title>`;

/** The same wherever they come from. */
const everywhere: [what: string, fault: Fault, code: string, said: RegExp, remedy: RegExp, transient: boolean][] = [
  ["a server that fails", refused(503), "SECRET_UNREACHABLE", /fails \(status 503\)/, /descopestatus/, true],
  ["a limit", refused(429), "SECRET_UNREACHABLE", /too many requests/, /rate limit/, true],
  ["a hang-up", "reset", "SECRET_UNREACHABLE", /hangs up without an answer/, /./, true],
  ["a page", { status: 200, body: page }, "SECRET_FORMAT", /gave an answer without/, /baseUrl/, false],
  ["an error page", { status: 502, body: page }, "SECRET_UNREACHABLE", /fails \(status 502\)/, /./, true],
  ["garbage", { status: 200, body: `{"${quoted}` }, "SECRET_FORMAT", /gave an answer without/, /baseUrl/, false],
  ["a list", { status: 200, body: [quoted] }, "SECRET_FORMAT", /gave an answer without/, /baseUrl/, false],
  ["null", { status: 200, body: "null" }, "SECRET_FORMAT", /gave an answer without/, /baseUrl/, false],
  [
    "something else as JSON",
    { status: 200, body: { keys: 7, sessionJwt: 7 } },
    "SECRET_FORMAT",
    /without/,
    /baseUrl/,
    false,
  ],
  [
    "a redirect",
    { status: 302, body: "", headers: { Location: `https://attacker.example.com/${quoted}` } },
    "SECRET_UNREACHABLE",
    /redirects, which is not followed/,
    /baseUrl/,
    false,
  ],
  ["another status", { status: 418, body: quoted }, "SECRET_UNREACHABLE", /unknown answer/, /baseUrl/, false],
  [
    "more than anybody reads",
    { status: 200, body: "x".repeat(2_000_000) },
    "SECRET_UNREACHABLE",
    /more than 1 MiB/,
    /./,
    false,
  ],
];
for (const endpoint of ["exchange", "refresh", "keys"] as const) {
  for (const [what, fault, code, said, remedy, transient] of everywhere) {
    test(`${endpoint}: ${what}`, async () => {
      const told = await faultOf(endpoint, fault);
      assert.equal([told.code, told.transient], [code, transient], told.message);
      assert.match(told.message, said);
      assert.match(told.remedy, remedy);
    });
  }
}

for (const status of [400, 401, 403]) {
  test(`an access key that is refused with ${status}`, async () => {
    const { code, transient, message, remedy } = await faultOf("exchange", refused(status));
    assert.equal([code, transient], ["LOGIN_FAILED", false]);
    assert.is(message, `Descope does not accept the access key in the file key (status ${status})`);
    assert.match(remedy, /expired, been deactivated, or belong to another project/);
  });
  test(`a refresh token that is refused with ${status}, as one that has expired`, async () => {
    const { code, transient, message, remedy } = await faultOf("refresh", refused(status));
    assert.equal([code, transient], ["LOGIN_FAILED", false]);
    assert.is(message, `Descope does not accept the refresh token in the file refresh (status ${status})`);
    assert.match(remedy, /log in again.*accessKey/);
  });
}

test("a project that Descope does not know", async () => {
  const { code, message, remedy } = await faultOf("keys", refused(404));
  assert.is(code, "SECRET_NOT_FOUND");
  assert.match(message, /does not have the keys of the project P2/);
  assert.match(remedy, /projectId/);
});

test("a key set without the key", async () => {
  const { code, transient, remedy } = await faultOf("keys", { status: 200, body: { keys: [] } });
  assert.equal([code, transient], ["SECRET_FORMAT", true]);
  assert.match(remedy, /asked for again after half a minute/);
});

test("nobody at the address, and one that speaks plain http far away", async () => {
  const descope = await startFakeDescope();
  await descope.stop();
  for (const [baseUrl, code] of [
    [descope.url, "SECRET_UNREACHABLE"],
    ["http://api.descope.example.com", "SERVER_CLEARTEXT"],
  ] as const) {
    for (const given of Object.values(logins)) {
      const started = await startProviders(descope, { ...given(descope), baseUrl });
      assert.is((await started.fault()).code, code);
      await started.close();
    }
  }
});

for (const [what, text, said] of [
  ["a line break", `a\r\nX-Admin: ${quoted}`, /holds characters that a header can't carry$/],
  ["NUL", `a\0${quoted}`, /holds characters that a header can't carry$/],
  ["a letter beyond ASCII", `é${quoted}`, /holds characters that a header can't carry$/],
  ["a character beyond Latin-1", `漢${quoted}`, /holds characters that a header can't carry$/],
  ["nothing but white space", " \n", /is empty$/],
  ["more than a header takes", "x".repeat(8_193), /makes a header of more than 8 KiB/],
] as const) {
  test(`what no header can carry is not sent, and told by where it stands: ${what}`, async () => {
    const secret = secretSource(text, "the file given");
    const key = await faultOf("exchange", "hang", () => ({ accessKey: secret }));
    const token = await faultOf("refresh", "hang", () => ({ refreshToken: secret }));
    for (const { code, transient, message } of [key, token]) {
      assert.equal([code, transient], ["SECRET_FORMAT", false]);
      assert.match(message, said);
    }
    assert.match(key.message, /^the access key in the file given /);
    assert.match(token.message, /^the refresh token in the file given /);
  });
}

for (const baseUrl of ["https://auth.example.com:99999", "https://[::1", "https://:443", `https://<${quoted}>`]) {
  test(`an address that is none is told as such, whichever way the login goes: ${baseUrl.replace(quoted, "")}`, async () => {
    for (const [endpoint, given] of Object.entries(logins)) {
      const told = await faultOf(endpoint as Endpoint, "hang", (descope) => ({ ...given(descope), baseUrl }));
      assert.equal([told.code, told.message], ["WRONG_VALUE", "baseUrl (DESCOPE_BASE_URL) is no address"]);
    }
  });
}

test("a plugin that was closed asks nobody, and blames nobody's answer", async () => {
  for (const given of [accessKey, byRefreshToken]) {
    const descope = await startFakeDescope();
    const { fault, context, close } = await startProviders(descope, given(descope));
    await context.close();
    const { code, transient, message } = await fault();
    assert.equal([code, transient], ["SECRET_UNREACHABLE", true]);
    assert.match(message, /was closed before the session was there/);
    assert.equal(descope.asked, { keys: 0, refresh: 0, exchange: 0 });
    await close();
    await descope.stop();
  }
});

test("nothing to log in with", async () => {
  const { code, remedy } = await faultOf("keys", "hang", () => ({}));
  assert.is(code, "SECRET_SOURCE");
  assert.match(remedy, /DESCOPE_SESSION_TOKEN/);
});

test("a secret that can't be read is told by its own error, and no other way in is tried", async () => {
  const unreadable = secretSource(() => {
    throw new Error("gone");
  });
  const descope = await startFakeDescope();
  const { auth, close } = await startProviders(descope, { ...byRefreshToken(descope), sessionToken: unreadable });
  const thrown = await auth().then(
    () => "answered",
    (error: Error) => error.message,
  );
  assert.is(thrown, "gone");
  assert.is(descope.asked.refresh, 0);
  await close();
  await descope.stop();
});

test("in an outage a session that is still good goes on, and none after its end", async () => {
  const descope = await startFakeDescope();
  const { headers, fault, context, close } = await startProviders(descope);
  const before = await headers();
  descope.faults.exchange.push(...Array(100).fill(refused(503)));
  await context.clock.advance(590_000);
  assert.is(await headers(), before);
  while (descope.asked.exchange < 4) await new Promise((resolve) => setImmediate(resolve));
  assert.is(await headers(), before);
  await context.clock.advance(10_000);
  assert.is((await fault()).code, "SECRET_UNREACHABLE");
  await close();
  await descope.stop();
});

test.run();
