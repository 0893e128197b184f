import { suite } from "@mlflow-auth/test/suite";
import { request } from "undici";
import * as assert from "uvu/assert";
import { type Auth, anonymous } from "../../src/provider/provider.js";
import type { Received } from "../connection/echo-server.js";
import { boundHeaders, boundTags } from "../pipeline/authorizer-fixture.js";
import { fetchWith } from "./client-fixture.js";
import { CLAUDE, keysOf, ours, refused, type StageOptions, stage } from "./gateway-stage.js";

const test = suite("requests below the AI gateway");

test("a client without a key gets our Authorization from 3.17 on, and no header of another plugin", async () => {
  const { send, close, gateway, versions } = await stage({
    headers: [boundHeaders("datadog", () => ({ "X-Extra": "x" }))],
    tags: [boundTags("tags", () => ({ a: "b" }))],
  });
  await send("/gateway/mlflow/v1/models", { "User-Agent": "curl/8", "X-MLflow-Authorization": "Basic theirs" });
  await send("/gateway/proxy/n/api/2.0/mlflow/runs/create", {}, { method: "POST", body: '{"tags":[]}' });
  assert.equal(gateway().map(keysOf), [{ authorization: "Basic ours" }, { authorization: "Basic ours" }]);
  assert.is(gateway()[1]?.body, '{"tags":[]}');
  await send("/api/2.0/mlflow/runs/search", { "X-MLflow-Authorization": "Basic theirs" });
  assert.equal(keysOf(gateway()[2] as Received), { authorization: "Basic ours", "x-extra": "x" });
  assert.is(versions().length, 1);
  assert.equal(keysOf(versions()[0] as Received), { authorization: "Basic ours", "x-extra": "x" });
  await close();
});

test("coding agents and clients with a provider's key keep it, and ours goes in X-MLflow-Authorization from 3.15 on", async () => {
  for (const version of ["3.15.0", "3.16.1", "3.17.2"]) {
    const { send, close, gateway } = await stage({ version });
    const cases: [Record<string, string>, Record<string, string>][] = [
      [{ "User-Agent": CLAUDE, Authorization: "Bearer theirs" }, { authorization: "Bearer theirs" }],
      [{ "User-Agent": CLAUDE, "X-API-Key": "theirs" }, { "x-api-key": "theirs" }],
      [{ "User-Agent": "codex_cli_rs/1" }, {}],
      [{ "X-Goog-Api-Key": "theirs" }, { "x-goog-api-key": "theirs" }],
      [{ "Api-Key": "theirs" }, { "api-key": "theirs" }],
      [{ Authorization: "Bearer theirs", X_MLFLOW_AUTHORIZATION: "Basic theirs" }, { authorization: "Bearer theirs" }],
    ];
    for (const [headers, kept] of cases) {
      await send("/gateway/anthropic/v1/messages", headers);
      assert.equal(keysOf(gateway().at(-1) as Received), { ...kept, "x-mlflow-authorization": "Basic ours" });
      assert.is(gateway().at(-1)?.headers["x_mlflow_authorization"], undefined);
    }
    await close();
  }
});

test("what an older, an unknown or another server would pass on is never sent", async () => {
  const cases: [StageOptions, Record<string, string>, RegExp][] = [
    [{ version: "3.16.1" }, {}, /MLflow 3\.16\.1 may pass Authorization on/],
    [{ version: "2.22.5" }, {}, /MLflow 2\.22\.5/],
    [{ version: "3.14.0" }, { "User-Agent": CLAUDE }, /MLflow 3\.14\.0 passes on/],
    [{ version: "2.22.5" }, { Authorization: "Bearer theirs" }, /MLflow 2\.22\.5 passes on/],
    [{ version: "none" }, {}, /\/base\/version answers 404/],
    [{ version: "<html>3.17.2</html>" }, { "X-API-Key": "k" }, /is no version of MLflow/],
    [{ getAuth: () => ours("key", "X-API-Key") }, {}, /the credential of vault is in X-API-Key/],
    [{ getAuth: () => ours("key", "X-API-Key") }, { "User-Agent": CLAUDE }, /is in X-API-Key/],
    [{ getAuth: () => ours("a=b", "Cookie") }, {}, /is in Cookie/],
    [
      { getAuth: () => ({ headers: { Authorization: "Basic ours", "X-Front": "ours" } }) },
      {},
      /is in Authorization, X-Front/,
    ],
  ];
  for (const [options, headers, why] of cases) {
    const { send, close, gateway } = await stage(options);
    const { code, message, remedy } = await refused(send("/gateway/mlflow/v1/models", headers));
    assert.is(code, "GATEWAY_CREDENTIAL");
    assert.match(message, why);
    assert.match(message, /^a request below \/gateway\/ of http:\/\/127\.0\.0\.1:\d+\/base was not sent/);
    assert.match(remedy, /`gateway: \{ header: NAME \}`.* the provider can read and use it$/);
    assert.equal(gateway(), []);
    await close();
  }
});

test("a gateway deeper than the address that is listed may be another MLflow's: nothing is sent by the version of the listed one", async () => {
  const { send, close, gateway } = await stage();
  for (const path of ["/old/gateway/x", "//old//gateway/x", "/old%2fgateway/x", "/%6fld/%67ateway/x"]) {
    for (const headers of [{}, { "X-API-Key": "theirs" }]) {
      const { code, message, remedy } = await refused(send(path, headers as Record<string, string>));
      assert.is(code, "GATEWAY_CREDENTIAL", path);
      assert.match(message, /lies deeper than the address that is listed/);
      assert.match(remedy, /listed with its whole base path/);
    }
  }
  assert.equal(gateway(), []);
  for (const path of ["//gateway/x", "/%67ateway/x", "/gateway;a/gateway/x"]) await send(path);
  assert.is(gateway().length, 3);
  await close();
  const named = await stage({ gateway: { header: "X-Front" } });
  await named.send("/old/gateway/x");
  assert.equal(keysOf(named.gateway()[0] as Received), { "x-front": "Basic ours" });
  await named.close();
});

test("headers that can be read once keep the client's keys, however they are wrapped", async () => {
  const pairs = Object.entries({ Authorization: "theirs", "X-Extra": "x" })[Symbol.iterator]();
  const { send, close, gateway } = await stage();
  const headers = { [Symbol.iterator]: () => pairs };
  for (const _ of [1, 2]) {
    await send("/gateway/x", headers as never);
    const sent = { authorization: "theirs", "x-mlflow-authorization": "Basic ours", "x-extra": "x" };
    assert.equal(keysOf(gateway().at(-1) as Received), sent);
  }
  await close();
});

test("where the file names a header, it goes there whatever the version, and the client's keys stay", async () => {
  const cases: [string, Auth, Record<string, string>, Record<string, string>][] = [
    ["X-Front", ours("Bearer ours"), {}, { "x-front": "Bearer ours" }],
    ["X-Front", ours("key", "X-API-Key"), {}, { "x-front": "key" }],
    [
      "x-front",
      ours("Bearer ours"),
      { Authorization: "theirs", X_Front: "theirs", "User-Agent": CLAUDE },
      { authorization: "theirs", "x-front": "Bearer ours" },
    ],
    ["authorization", ours("Bearer ours"), { Authorization: "theirs" }, { authorization: "Bearer ours" }],
    [
      "X_Front",
      { headers: { "X-Front": "ours", Authorization: "too" } },
      { Authorization: "theirs" },
      { "x-front": "ours", authorization: "too" },
    ],
  ];
  for (const [header, auth, headers, sent] of cases) {
    const { send, close, gateway, versions } = await stage({
      version: "none",
      getAuth: () => auth,
      gateway: { header },
    });
    await send("/gateway/x", headers);
    assert.equal(keysOf(gateway()[0] as Received), sent, header);
    assert.is(versions().length, 0);
    await close();
  }
  const pair = () => ({ headers: { "X-Id": "a", "X-Secret": "b" } });
  const { send, close, gateway } = await stage({ getAuth: pair, gateway: { header: "X-Front" } });
  const { message, remedy } = await refused(send("/gateway/x"));
  assert.match(message, /made of several headers, and X-Front is none of them/);
  assert.match(remedy, /name one of them: X-Id, X-Secret$/);
  assert.equal(gateway(), []);
  await close();
});

test("a second credential, listed under headers, is neither sent nor silently left out", async () => {
  const second = { ...boundHeaders("cloudflare", () => ({ "X-Extra": "second" })), isCredential: true };
  for (const auth of [undefined, []]) {
    const { send, close, gateway } = await stage({ headers: [second], ...(auth && { auth }) });
    const { code, message, remedy } = await refused(send("/gateway/x"));
    assert.is(code, "GATEWAY_CREDENTIAL");
    assert.match(message, /the credential of cloudflare is listed under `headers`/);
    // No version of MLflow would help.
    assert.match(remedy, /^write `gateway: \{ header: NAME \}` .*; the one under `headers` then stays away$/);
    assert.equal(gateway(), []);
    await close();
  }
  const named = await stage({ headers: [second], gateway: { header: "X-Front" } });
  await named.send("/gateway/x");
  assert.equal(keysOf(named.gateway()[0] as Received), { "x-front": "Basic ours" });
  await named.close();
});

test("without a credential of the file the client's own pass, and nobody asks for a version", async () => {
  const theirs = { Authorization: "theirs", "X-MLflow-Authorization": "Basic theirs" };
  const none = await stage({ auth: [], headers: [boundHeaders("datadog", () => ({ "X-Extra": "x" }))] });
  await none.send("/gateway/x", theirs);
  assert.equal(keysOf(none.gateway()[0] as Received), {
    authorization: "theirs",
    "x-mlflow-authorization": "Basic theirs",
  });
  const bare = await stage({ getAuth: () => anonymous, anonymous: true });
  await bare.send("/gateway/x", theirs);
  assert.equal(keysOf(bare.gateway()[0] as Received), { authorization: "theirs" });
  assert.equal([none.versions().length, bare.versions().length], [0, 0]);
  await Promise.all([none.close(), bare.close()]);
});

test("every spelling of a path below the gateway is judged so, by URL and by path", async () => {
  const { dispatcher, server, close, gateway } = await stage({ version: "3.16.0", basePath: "" });
  const paths = [
    "/gateway/x",
    "//gateway/x",
    "/%67ateway/x",
    "/GATEWAY/x",
    "/gateway;a/x",
    "/team/gateway/x",
    "/gateway\\x",
  ];
  for (const path of paths) {
    const options = { origin: server.origin, path, method: "GET", dispatcher } as const;
    assert.is((await refused(request(options as never))).code, "GATEWAY_CREDENTIAL", path);
    assert.is(
      ((await refused(fetchWith(dispatcher, server.origin + path))) as unknown as Error).name,
      "TypeError",
      path,
    );
  }
  assert.equal(gateway(), []);
  await close();
});

test.run();
