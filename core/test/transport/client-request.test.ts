import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type AuthorizedHeaders, compose } from "../../src/pipeline/compose.js";
import { anonymous } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { fakeClock } from "../../src/testing.js";
import {
  applyHeaders,
  authorizedOptions,
  type DispatchHeaders,
  type RequestUrl,
  requestUrlOf,
} from "../../src/transport/client-request.js";
import { boundAuth, serverConfig } from "../pipeline/authorizer-fixture.js";

const test = suite("a client's request as undici is given it");

const server = serverConfig("https://mlflow.test");
const bound = boundAuth("a", () => anonymous);
const own = { Authorization: "mine", "X-API-Key": "mine", Host: "other.test", Keep: "me" };

/** What a server's providers give: a credential, nothing on purpose, or, without one, a header at most. */
const given = {
  credential: compose(server, { bound, auth: { headers: { "X-Token": new Secret("t") } } }, [], fakeClock()),
  bare: compose(server, { bound, auth: anonymous }, [], fakeClock()),
  extra: compose(server, undefined, [{ instance: "h", headers: { "X-Extra": "e" } }], fakeClock()),
  nothing: compose(server, undefined, [], fakeClock()),
};

const silent = { warnRemoved: () => {} };
const applied = (headers: DispatchHeaders, authorized: AuthorizedHeaders) =>
  applyHeaders(headers, authorized, "https://mlflow.test", silent).join(" ");

test("with a credential the client's own go, and its Host; with another header only the Host goes", () => {
  assert.is(applied(own, given.credential), "Keep me X-Token t");
  assert.is(applied(own, given.bare), "Host other.test Keep me");
  assert.is(applied(own, given.extra), "Authorization mine X-API-Key mine Keep me X-Extra e");
  assert.is(applied(own, given.nothing), "Authorization mine X-API-Key mine Host other.test Keep me");
});

test("each form in which undici takes headers is read, and one without a value is passed over", () => {
  const forms: DispatchHeaders[] = [
    { A: "1", authorization: "x", B: undefined },
    ["A", "1", "AUTHORIZATION", "x"],
    [
      ["A", "1"],
      ["Authorization", "x"],
      ["B", undefined],
    ] as never,
    new Map([
      ["A", "1"],
      ["authorization", "x"],
    ]),
  ];
  for (const form of forms) assert.is(applied(form, given.credential), "A 1 X-Token t");
  for (const form of [undefined, null, [], {}]) assert.is(applied(form, given.credential), "X-Token t");
});

test("HTTP/1.1 is asked for where TLS could agree on HTTP/2", () => {
  for (const [origin, allowed] of [
    ["https://mlflow.test", false],
    ["http://127.0.0.1:5000", undefined],
  ] as const) {
    const url = requestUrlOf({ origin, path: "/x", method: "GET" }) as RequestUrl;
    const options = { origin, path: "/x", method: "GET" as const };
    for (const authorized of Object.values(given)) {
      const sent = authorizedOptions(options, url, authorized, null, silent) as unknown as { allowH2?: boolean };
      assert.is(sent.allowH2, allowed, origin);
    }
  }
});

test("no redirect interceptor further in may follow with what was added", () => {
  const url = requestUrlOf({ origin: "https://mlflow.test", path: "/x", method: "GET" }) as RequestUrl;
  const options = { origin: url.origin, path: url.path, method: "GET" as const, maxRedirections: 5 };
  const sent = authorizedOptions(options, url, given.credential, null, silent) as unknown as {
    maxRedirections: number;
  };
  assert.is(sent.maxRedirections, 0);
});

test("what is not a request to its origin's own paths can't belong to a listed server", () => {
  for (const options of [
    { origin: "http://a.test:5000", path: "0/x", method: "GET" },
    { origin: "http://a.test", path: "http://other.test/x", method: "GET" },
    { origin: "http://a.test", path: "*", method: "OPTIONS" },
    { origin: "http://a.test", path: "", method: "GET" },
    { origin: "http://a.test", path: "/x", method: "CONNECT" },
    { path: "/x", method: "GET" },
  ]) {
    assert.is(requestUrlOf(options as never), undefined, JSON.stringify(options));
  }
});

test("an origin is the same as a text, with a slash at its end, and as a URL", () => {
  for (const origin of ["http://a.test", "http://a.test/", new URL("http://a.test/x")]) {
    assert.is(requestUrlOf({ origin, path: "/x", method: "GET" })?.url, "http://a.test/x");
  }
});

test("what undici passes over behind an origin keeps no request from being one to its server", () => {
  for (const end of [" ", "\n", "/ ", "?", "#", "/?", "?#", "/?# \t", "\\"]) {
    assert.is(requestUrlOf({ origin: `http://a.test:81${end}`, path: "/x", method: "GET" })?.url, "http://a.test:81/x");
  }
});

test.run();
