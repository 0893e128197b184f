/** Holds the double to Descope's own SDK, and this plugin to what the SDK makes of the same tokens. */
import createSdk from "@descope/node-sdk";
import { signed, startFakeDescope } from "@mlflow-auth/test/servers/descope-fake";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { addressOf } from "../src/address.ts";
import { isIssuedBy } from "../src/validate-token.ts";

const test = suite("Descope's SDK on the double", { timeout: 60 });

async function start() {
  const descope = await startFakeDescope();
  closeAfterwards(descope.stop);
  const sdk = createSdk({ projectId: descope.projectId, baseUrl: descope.url });
  return { descope, sdk };
}

const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => "none",
    (thrown: Error) => thrown.message,
  );

test("it exchanges an access key, and validates the session by the key set", async () => {
  const { descope, sdk } = await start();
  const { jwt, token } = await sdk.exchangeAccessKey(descope.accessKey);
  assert.is(jwt, descope.sessions.at(-1));
  assert.is(token.sub, "U2ann");
  assert.equal(sdk.getMatchedRoles({ jwt, token }, ["mlflow-editor", "other"]), ["mlflow-editor"]);
  assert.equal(descope.asked, { keys: 1, refresh: 0, exchange: 1 });
});

test("another access key is refused with Descope's error", async () => {
  const { sdk } = await start();
  const answer = await sdk.accessKey.exchange("K2other");
  assert.equal([answer.ok, answer.code, answer.error?.errorCode], [false, 401, "E062201"]);
});

for (const answersInCookies of [false, true]) {
  test(`it refreshes a session, with the tokens in ${answersInCookies ? "cookies" : "the body"}`, async () => {
    const { descope, sdk } = await start();
    descope.answersInCookies = answersInCookies;
    const { jwt, refreshJwt } = await sdk.refreshSession(descope.refreshToken);
    assert.is(jwt, descope.sessions.at(-1));
    assert.is(refreshJwt, descope.refreshToken);
  });
}

test("a refresh token that rotates is good for one use", async () => {
  const { descope, sdk } = await start();
  descope.rotatesRefreshTokens = true;
  const { refreshToken } = descope;
  const { refreshJwt } = await sdk.refreshSession(refreshToken);
  assert.match(await failure(sdk.refreshSession(refreshToken)), /is not valid/);
  await sdk.refreshSession(refreshJwt as string);
});

test("a key that signs from now on is found in the set", async () => {
  const { descope, sdk } = await start();
  await sdk.validateSession(descope.session());
  descope.rotateKeys({ keeps: false });
  await sdk.validateSession(descope.session());
  assert.is(descope.asked.keys, 2);
});

test("a project that it does not know, an ended session and a forged one are refused", async () => {
  const { descope, sdk } = await start();
  const other = createSdk({ projectId: "P2other", baseUrl: descope.url });
  assert.match(await failure(other.validateSession(descope.session())), /failed to fetch matching key/);
  assert.match(await failure(sdk.validateSession(descope.session({ exp: 1 }))), /exp/);
  assert.match(await failure(sdk.validateSession(descope.session({}, { alg: "HS256" }))), /session validation failed/);
});

test("the SDK takes RS512 as well and stumbles over a key id, which is why tokens are not left to it", async () => {
  const { descope, sdk } = await start();
  assert.is(await failure(sdk.validateSession(descope.session({}, { alg: "RS512" }))), "none");
  assert.match(await failure(sdk.validateSession(descope.session({}, { kid: "__proto__" }))), /TypeError/);
});

test("issuers are read as the SDK reads them", async () => {
  const { descope, sdk } = await start();
  const id = descope.projectId;
  const issuers = [
    id,
    `https://api.descope.com/${id}`,
    `https://api.descope.com/v1/apps/${id}`,
    `https://api.descope.com/v1/apps/agentic/${id}/M2server`,
    `https://api.descope.com/${id}/`,
    `https://api.descope.com//${id}//x//`,
    `https://api.descope.com/${id}/a/b`,
    `https://api.descope.com/?iss=${id}`,
    `https://${id}.example.com/`,
    `apps/${id}`,
    `apps/${id}/a/b`,
    `${id}2`,
    id.toLowerCase(),
    "",
    " ",
    7,
    null,
    [id],
  ];
  for (const iss of issuers) {
    const token = signed(descope.key, { iss, sub: "a", exp: Math.floor(Date.now() / 1000) + 60 });
    const isTaken = (await failure(sdk.validateSession(token))) === "none";
    assert.is(isIssuedBy(iss, id), isTaken, String(iss));
  }
});

test("Descope's address is the SDK's, regions included", () => {
  for (const projectId of ["P2abc", `P${"2".repeat(27)}`, `Peuc1${"2".repeat(27)}`]) {
    assert.is(`${addressOf({ projectId })}/x`, createSdk({ projectId }).httpClient.buildUrl("x"));
  }
});

test.run();
