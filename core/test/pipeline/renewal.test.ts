/** What a rejection makes the authorizer do where more than the secret changes: headers of others, the store, the reason. */

import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { RejectionKind } from "../../src/mlflow/rejection.js";
import type { AuthorizedHeaders } from "../../src/pipeline/compose.js";
import type { Auth, InvalidationKind } from "../../src/provider/provider.js";
import { isSecret, Secret } from "../../src/secret/secret.js";
import { authorizerOver, boundAuth, boundHeaders, type Listed } from "./authorizer-fixture.js";

const test = suite("renewal after a rejection");
const uri = "https://mlflow.test";
const request = { url: `${uri}/api/2.0/mlflow/runs/get`, method: "GET" };

/** A secret store, and an authorizer whose requests carry what it holds. */
function setup(others: Partial<Listed> = {}) {
  const state = { stored: "1", fetches: 0 };
  let cached: { headers: { Authorization: Secret } } | undefined;
  const fetched = () => {
    state.fetches++;
    return { headers: { Authorization: new Secret(`Bearer ${state.stored}`) } };
  };
  const bound = boundAuth(
    "store",
    () => (cached ??= fetched()),
    () => (cached = undefined),
  );
  const { authorizer, clock, log } = authorizerOver([{ uri, auth: [bound], ...others }], undefined, { debug: true });
  async function send(kind: RejectionKind, body?: string) {
    const authorization = (await authorizer.authorize(request)) as AuthorizedHeaders;
    return tokenOf(await authorizer.rejected(authorization, { kind, body }, request));
  }
  return { state, bound, authorizer, clock, log, send, refresh: () => (cached = undefined) };
}

function tokenOf(authorization: AuthorizedHeaders | undefined): string | undefined {
  const value = authorization?.headers.find(([name]) => name === "Authorization")?.[1];
  return isSecret(value) ? value.reveal() : value;
}

test("a header that is another one with each request hides neither a rotation nor that nothing was rotated", async () => {
  let count = 0;
  const { state, send } = setup({ headers: [boundHeaders("counter", () => ({ "X-Count": String(count++) }))] });
  assert.is(await send("unauthorized"), undefined);
  assert.is(state.fetches, 2);
  assert.is(await send("unauthorized"), undefined, "the same secret again");
  assert.is(state.fetches, 2, "the store is left alone");

  const rotated = setup({ headers: [boundHeaders("counter", () => ({ "X-Count": String(count++) }))] });
  await rotated.authorizer.authorize(request);
  rotated.state.stored = "2";
  assert.is(await rotated.send("unauthorized"), "Bearer 2");
});

test("a secret that came in place of a refused one is asked about at once when it is refused, too", async () => {
  const { state, clock, send, refresh } = setup();
  for (let round = 0; round < 4; round++) {
    assert.is(await send("unauthorized"), undefined);
    await clock.advance(100_000);
  }
  // The cache's own refresh brings the second one; nobody was refused for it. Then the third one comes.
  state.stored = "2";
  refresh();
  assert.is(await send("forbidden"), undefined);
  state.stored = "3";
  assert.is(await send("unauthorized"), "Bearer 3");
});

test("403s that have to do with something else don't keep a rotation from being noticed", async () => {
  const { state, send } = setup();
  assert.is(await send("forbidden"), undefined);
  assert.is(await send("forbidden"), undefined);
  state.stored = "2";
  assert.is(await send("unauthorized"), "Bearer 2");
});

test("a login page is explained also where another rejection has been", async () => {
  const { send, log } = setup();
  for (const kind of ["unauthorized", "forbidden", "login-page", "login-page"] as const) await send(kind);
  const warnings = log.filter(({ level }) => level === "warn").map(({ fields }) => fields.reason);
  assert.equal(warnings, ["unauthorized", "forbidden", "login-page"]);
});

test("at debug one can follow what became of a rejection", async () => {
  const { state, send, log } = setup();
  await send("unauthorized");
  state.stored = "2";
  await send("forbidden");
  const lines = log.filter(({ level, message }) => level === "debug" && message.includes("answered"));
  assert.equal(
    lines.map(({ message }) => message),
    [
      `GET to ${uri}: answered 401; there is no other credential now, so the answer is passed on`,
      `GET to ${uri}: answered 403; store has another credential by now; it goes once more if its body can be sent again`,
    ],
  );
});

test("a denial that the plugin knows as its proxy's passes, and the store is left alone", async () => {
  const told = '{"detail":"Admin access required for the model registry","error":"REGISTRY_ADMIN_REQUIRED"}';
  const asked: string[] = [];
  const { state, send, bound } = setup();
  Object.assign(bound.provider, {
    isPermissionDenial: (body: string) => {
      asked.push(body);
      return body.includes("REGISTRY_ADMIN_REQUIRED");
    },
  });
  state.stored = "2";
  assert.is(await send("forbidden", told), undefined);
  assert.is(state.fetches, 1, "the store was asked");
  assert.equal(asked, [told]);
  assert.is(await send("forbidden", '{"error_code":"PERMISSION_DENIED"}'), undefined);
  assert.is(asked.length, 1, "MLflow's own denial needs no plugin");
});

for (const [what, isPermissionDenial] of Object.entries({
  "says no": (): boolean => false,
  "says something else than yes": (): boolean => "yes" as never,
  throws: (): boolean => {
    throw new Error("odd");
  },
})) {
  test(`a 403 is suspected where the plugin ${what}`, async () => {
    const { state, send, bound } = setup();
    Object.assign(bound.provider, { isPermissionDenial });
    await send("forbidden", "<html>");
    assert.is(state.fetches, 2, "the store was not asked");
  });
}

test("who waits for somebody else's renewal gets the credential for the request of their own", async () => {
  let token = "1";
  const bound = boundAuth("signing", async ({ url }) => {
    const value = new Secret(`Bearer ${token} for ${url.pathname}`);
    await new Promise(setImmediate);
    return { headers: { Authorization: value } };
  });
  const renewals = boundAuth("signing", bound.provider.getAuth, () => {
    token = "2";
  });
  const { authorizer } = authorizerOver([{ uri, auth: [renewals] }]);
  const requests = ["/a", "/b"].map((path) => ({ url: uri + path, method: "GET" }));
  const refused = await Promise.all(requests.map((each) => authorizer.authorize(each) as Promise<AuthorizedHeaders>));
  const renewed = await Promise.all(
    refused.map((each, index) =>
      authorizer.rejected(each, { kind: "unauthorized" }, requests[index] as typeof request),
    ),
  );
  assert.equal(renewed.map(tokenOf), ["Bearer 2 for /a", "Bearer 2 for /b"]);
});

test("a 401 ends the use of the secret; a 403 or a login page only casts doubt on it", async () => {
  for (const [kind, told] of [
    ["unauthorized", "unauthorized"],
    ["forbidden", "suspected"],
    ["login-page", "suspected"],
  ] as const) {
    const kinds: InvalidationKind[] = [];
    const bound = boundAuth("store", () => ({ headers: { Authorization: new Secret("Bearer 1") } }));
    const auth = [
      { ...bound, provider: { ...bound.provider, invalidate: (kind: InvalidationKind) => void kinds.push(kind) } },
    ];
    const { authorizer } = authorizerOver([{ uri, auth }]);
    await authorizer.rejected((await authorizer.authorize(request)) as AuthorizedHeaders, { kind }, request);
    assert.equal(kinds, [told]);
  }
});

test("two providers of one server that are rejected at once are both asked anew, and each has a cool-down of its own", async () => {
  const told: string[] = [];
  const provider = (name: string, path: string) =>
    boundAuth(
      name,
      async ({ url }) =>
        url.pathname === path ? { headers: { Authorization: new Secret(`Bearer ${name}`) } } : undefined,
      () => void told.push(name),
    );
  const { authorizer } = authorizerOver([{ uri, auth: [provider("a", "/a"), provider("b", "/b")] }]);
  const requests = ["/a", "/b"].map((path) => ({ url: uri + path, method: "GET" }));
  const sent = await Promise.all(requests.map((each) => authorizer.authorize(each) as Promise<AuthorizedHeaders>));
  const reject = (index: number) =>
    authorizer.rejected(sent[index] as AuthorizedHeaders, { kind: "unauthorized" }, requests[index] as typeof request);
  await Promise.all([reject(0), reject(1)]);
  assert.equal(told, ["a", "b"]);
  await reject(0);
  await reject(1);
  assert.equal(told, ["a", "b"], "both rest now");
});

test("the next credential is asked for once the old one is gone, however long that takes", async () => {
  let stored = "1";
  let cached: { headers: { Authorization: Secret } } | undefined;
  const bound = boundAuth("store", () => (cached ??= { headers: { Authorization: new Secret(`Bearer ${stored}`) } }));
  const invalidate = async () => {
    await new Promise(setImmediate);
    cached = undefined;
  };
  const auth = [{ ...bound, provider: { ...bound.provider, invalidate } }];
  const { authorizer } = authorizerOver([{ uri, auth }]);
  const sent = (await authorizer.authorize(request)) as AuthorizedHeaders;
  stored = "2";
  assert.is(tokenOf(await authorizer.rejected(sent, { kind: "unauthorized" }, request)), "Bearer 2");
});

test("a credential that lost or gained a header is another one", async () => {
  const one = { Authorization: new Secret("Bearer 1") };
  const two = { ...one, "X-Second": new Secret("2") };
  for (const [before, after] of [
    [one, two],
    [two, one],
  ] as const) {
    let current: Auth = { headers: before };
    const bound = boundAuth(
      "store",
      () => current,
      () => {
        current = { headers: after };
      },
    );
    const { authorizer } = authorizerOver([{ uri, auth: [bound] }]);
    const sent = (await authorizer.authorize(request)) as AuthorizedHeaders;
    const next = await authorizer.rejected(sent, { kind: "unauthorized" }, request);
    assert.equal(
      next?.headers.map(([name]) => name),
      Object.keys(after),
    );
  }
});

/** As a provider that puts a time or a number of its own into every request. */
function counting() {
  let count = 0;
  let key = "first";
  const told: unknown[] = [];
  const bound = boundAuth(
    "store",
    () => ({ headers: { Authorization: new Secret(`${key} ${count++}`) }, id: key }),
    (kind, { auth, request: { method, url } }) => void told.push([kind, auth.id, method, url.pathname]),
  );
  const { authorizer } = authorizerOver([{ uri, auth: [bound] }]);
  return {
    told,
    async reject(rotated = key) {
      const sent = (await authorizer.authorize(request)) as AuthorizedHeaders;
      key = rotated;
      return tokenOf(await authorizer.rejected(sent, { kind: "unauthorized" }, request));
    },
  };
}

test("headers that differ from request to request are no rotation where the credential has an id", async () => {
  const { told, reject } = counting();
  assert.is(await reject(), undefined, "it is the same credential: nothing goes out twice");
  assert.is(await reject(), undefined);
  assert.equal(told, [["unauthorized", "first", "GET", "/api/2.0/mlflow/runs/get"]], "told once, then it rests");
  assert.match((await reject("second")) ?? "", /^second/);
});

test("one credential of an instance that a server rejects for good does not end the rest of another", async () => {
  const told: string[] = [];
  const bound = boundAuth(
    "store",
    ({ url }) => ({ headers: { Authorization: new Secret(url.pathname) } }),
    (_, { request: { url } }) => void told.push(url.pathname),
  );
  const { authorizer } = authorizerOver([{ uri, auth: [bound] }]);
  for (const path of ["/a", "/b", "/a", "/b", "/a"]) {
    const asked = { url: uri + path, method: "GET" };
    const sent = (await authorizer.authorize(asked)) as AuthorizedHeaders;
    await authorizer.rejected(sent, { kind: "unauthorized" }, asked);
  }
  assert.equal(told, ["/a", "/b"]);
});

test.run();
