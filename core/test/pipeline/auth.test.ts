import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { AuthorizedHeaders } from "../../src/pipeline/compose.js";
import { anonymous, type RequestAuthProvider } from "../../src/provider/provider.js";
import { bearer, failure, outage, request, shown, uri } from "./authorizer-answers.js";
import { authorizerOver, boundAuth } from "./authorizer-fixture.js";

const test = suite("the providers of a credential, asked in turn");

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

test.run();
