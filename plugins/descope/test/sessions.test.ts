/** Where sessions come from, and when another one is asked for. */

import { canary, secretSource, testRequest } from "@mlflow-auth/core/testing";
import { type FakeDescope, startFakeDescope } from "@mlflow-auth/test/servers/descope-fake";
import { rejected } from "@mlflow-auth/test/start-provider";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { accessKey, type GivenOptions, startProviders } from "./start-provider.ts";

const test = suite("sessions of Descope", { timeout: 60 });
const run = { experimentId: "0", runName: undefined, tags: {} };

async function start(given?: (descope: FakeDescope) => GivenOptions) {
  const descope = await startFakeDescope();
  const started = await startProviders(descope, (given ?? accessKey)(descope));
  closeAfterwards(async () => {
    await started.close();
    await descope.stop();
  });
  return { descope, ...started };
}

const tokens = (descope: FakeDescope): GivenOptions => ({
  refreshToken: secretSource(() => descope.refreshToken, "the file refresh"),
});

test("an access key is exchanged, and the session goes out as a bearer token", async () => {
  const { descope, headers, auth } = await start();
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions[0]}`);
  assert.is((await auth()).expiresAt, Math.floor(descope.now() / 1000) * 1000 + 600_000);
});

test("credential, headers and tags of an instance share one session", async () => {
  const { descope, auth, headerProvider, runContext } = await start();
  await Promise.all([auth(), headerProvider.requestHeaders(testRequest()), runContext.tags(run)]);
  await Promise.all([auth(), headerProvider.requestHeaders(testRequest()), runContext.tags(run)]);
  assert.equal(descope.asked, { keys: 1, refresh: 0, exchange: 1 });
});

test("a session is renewed ahead of its end while requests still get the old one, and never sent after it", async () => {
  const { descope, headers, context } = await start();
  await headers();
  await context.clock.advance(470_000);
  await headers();
  assert.is(descope.asked.exchange, 1, "four fifths are not over");
  await context.clock.advance(115_000);
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions[0]}`);
  while (descope.asked.exchange === 1) await new Promise((resolve) => setImmediate(resolve));
  while ((await headers()) === `Authorization: Bearer ${descope.sessions[0]}`) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions[1]}`);
  await context.clock.advance(3_600_000);
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions[2]}`);
});

test("a session's token is sent as it is while it lasts, and then renewed by the refresh token", async () => {
  const { descope, headers, context } = await start((descope) => ({
    ...tokens(descope),
    sessionToken: secretSource(first(descope)),
  }));
  const sent = await headers();
  assert.equal(descope.asked, { keys: 1, refresh: 0, exchange: 0 });
  await context.clock.advance(601_000);
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions[0]}`);
  assert.is.not(await headers(), sent);
  assert.is(descope.asked.refresh, 1);
});

/** The token of one session, made when it is asked for first, and so by the test's clock. */
function first(descope: FakeDescope): () => string {
  let token: string | undefined;
  return () => (token ??= descope.session());
}

test("a session's token that has ended is no failure where it can be renewed", async () => {
  const { descope, headers } = await start((descope) => ({
    ...tokens(descope),
    sessionToken: secretSource(() => descope.session({ exp: Math.floor(descope.now() / 1000) - 1 })),
  }));
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions[0]}`);
});

test("a refresh token is enough, and a rejected session is replaced", async () => {
  const { descope, headers, provider } = await start(tokens);
  await headers();
  await provider.invalidate("unauthorized", rejected);
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions[1]}`);
  await provider.invalidate("suspected", rejected);
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions[2]}`);
});

test("a rejected session's token is renewed, not sent again", async () => {
  const { descope, headers, provider } = await start((descope) => ({
    ...tokens(descope),
    sessionToken: secretSource(first(descope)),
  }));
  await headers();
  await provider.invalidate("unauthorized", rejected);
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions[0]}`);
});

test("refresh tokens that are good for one use follow each other, and one that was put there anew comes first", async () => {
  const descope = await startFakeDescope();
  descope.rotatesRefreshTokens = true;
  let inFile = descope.refreshToken;
  const started = await startProviders(descope, { refreshToken: secretSource(() => inFile) });
  closeAfterwards(started.close);
  closeAfterwards(descope.stop);
  for (let renewals = 1; renewals <= 3; renewals++) {
    await started.headers();
    assert.is(descope.sessions.length, renewals);
    await started.provider.invalidate("unauthorized", rejected);
  }
  inFile = `${descope.refreshToken}.another`;
  descope.refreshToken = inFile;
  await started.headers();
  assert.is(descope.sessions.length, 4);
});

test("refresh tokens follow each other whichever interface asks", async () => {
  const { descope, headers, provider, headerProvider } = await start((descope) => {
    const { refreshToken } = descope;
    return { refreshToken: secretSource(refreshToken) };
  });
  descope.rotatesRefreshTokens = true;
  await headerProvider.requestHeaders(testRequest());
  await provider.invalidate("unauthorized", rejected);
  await headers();
  assert.is(descope.sessions.length, 2);
});

test("sessions in cookies are taken, too", async () => {
  const { descope, headers } = await start(tokens);
  descope.answersInCookies = true;
  assert.is(await headers(), `Authorization: Bearer ${descope.sessions[0]}`);
});

test("a rejection while a refresh is under way does not use one refresh token twice", async () => {
  const { descope, headers, provider } = await start(tokens);
  descope.rotatesRefreshTokens = true;
  const before = headers();
  await provider.invalidate("unauthorized", rejected);
  await Promise.all([before, headers()]);
  assert.is(descope.sessions.length, 2);
});

test("a token that nothing renews says so as it ends, once, and another one in its place is taken", async () => {
  let inFile = "";
  const { descope, headers, provider, context, fault } = await start(() => ({
    sessionToken: secretSource(() => inFile, "the file session"),
  }));
  inFile = descope.session();
  await headers();
  await context.clock.advance(590_000);
  await headers();
  while (context.logs.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await provider.invalidate("unauthorized", rejected);
  await headers();
  assert.is(context.logs.length, 1, "once");
  assert.match(context.logs[0]?.message ?? "", /^plugin descope: the session token in the file session ends in 10 s/);
  await context.clock.advance(10_000);
  assert.match((await fault()).message, /^the session token in the file session ended 0 ms ago/);
  inFile = descope.session();
  await context.clock.advance(60_000);
  assert.is(await headers(), `Authorization: Bearer ${inFile}`);
});

test("an access key beats tokens, which are not even read", async () => {
  const { headers, descope } = await start((descope) => ({
    ...accessKey(descope),
    sessionToken: secretSource(() => {
      throw new Error("read");
    }),
    refreshToken: secretSource(canary()),
  }));
  await headers();
  assert.equal(descope.asked, { keys: 1, refresh: 0, exchange: 1 });
});

test("of a session that names nobody the permission level alone is said", async () => {
  for (const [user, said] of [
    [{ sub: undefined, email: undefined }, "permission level EDIT"],
    [{}, "U2ann, permission level READ"],
  ] as const) {
    const { descope, provider, auth } = await start();
    descope.user = {
      roles: ["mlflow-editor"],
      ...(said.startsWith("U2") && { permissions: ["mlflow:read"] }),
      ...user,
    };
    assert.is(await provider.describe?.(await auth()), said);
  }
});

test("another header carries the token as it is", async () => {
  const { headers, descope } = await start((descope) => ({
    ...accessKey(descope),
    credential: { mode: "bearer", header: "X-Session" },
  }));
  assert.is(await headers(), `X-Session: ${descope.sessions[0]}`);
});

test.run();
