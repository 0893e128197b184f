import { suite } from "@mlflow-auth/test/suite";
import { Agent, type Dispatcher, request } from "undici";
import * as assert from "uvu/assert";
import { type Auth, anonymous } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { fakeClock } from "../../src/testing.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { echoServer, type Received } from "../connection/echo-server.js";
import { authorizerOver, boundAuth, boundHeaders, boundTags, type Listed } from "../pipeline/authorizer-fixture.js";
import { fetchWith } from "./client-fixture.js";

const test = suite("requests below the AI gateway");

const CLAUDE = "claude-cli/2.1.0 (external, cli)";
const ours = (value: string, name = "Authorization"): Auth => ({ headers: { [name]: new Secret(value) } });

interface StageOptions extends Omit<Listed, "uri"> {
  /** What `/version` answers; undefined: 404. */
  version?: string | undefined;
  basePath?: string;
  getAuth?: () => Auth | typeof anonymous | Promise<Auth>;
  answer?: Parameters<typeof echoServer>[0];
}

/** A listed server with a version, and a client of it. */
async function stage({ version = "3.17.2", basePath = "/base", getAuth, answer, ...listed }: StageOptions = {}) {
  const auth = ours("Basic ours");
  const server = await echoServer((seen, response) => {
    if (seen.url === `${basePath}/version` && answer === undefined) {
      if (version === "none") response.writeHead(404).end();
      else response.end(version);
    } else if (answer === undefined) response.end("{}");
    else answer(seen, response);
  });
  const clock = fakeClock();
  const { authorizer, log } = authorizerOver(
    [{ uri: server.origin + basePath, auth: [boundAuth("vault", getAuth ?? (() => auth))], ...listed }],
    clock,
  );
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(authorizer, { clock }));
  const send = async (path: string, headers: Record<string, string> = {}, init: object = {}) => {
    const { statusCode, body } = await request(server.origin + basePath + path, {
      dispatcher: dispatcher as Dispatcher,
      headers,
      ...init,
    });
    await body.dump();
    return statusCode;
  };
  const close = async () => {
    await agent.close();
    await server.close();
  };
  const gateway = () => server.received.filter(({ url }) => !url.endsWith("/version"));
  const versions = () => server.received.filter(({ url }) => url.endsWith("/version"));
  return { server, clock, authorizer, dispatcher, agent, send, close, log, gateway, versions };
}

const keysOf = ({ headers }: Received) =>
  Object.fromEntries(
    ["authorization", "x-api-key", "x-goog-api-key", "api-key", "x-mlflow-authorization", "x-extra", "x-front"].flatMap(
      (name) => (headers[name] === undefined ? [] : [[name, headers[name]]]),
    ),
  );

async function refused(sent: Promise<unknown>): Promise<{ code: string; message: string; remedy: string }> {
  try {
    await sent;
  } catch (thrown) {
    return thrown as { code: string; message: string; remedy: string };
  }
  throw new Error("it was sent");
}

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

test("many requests at once ask for the version once, and a version holds", async () => {
  const { send, close, gateway, versions, clock } = await stage();
  await Promise.all(Array.from({ length: 20 }, () => send("/gateway/x")));
  await clock.advance(86_400_000);
  await send("/gateway/x");
  assert.is(versions().length, 1);
  assert.is(gateway().length, 21);
  await close();
});

test("a version that could not be told is asked for again after 5 seconds, not before", async () => {
  let answers = "none";
  const { send, close, gateway, versions, clock } = await stage({
    answer: (seen, response) => {
      if (!seen.url.endsWith("/version")) response.end("{}");
      else if (answers === "none") response.writeHead(503).end();
      else response.end(answers);
    },
  });
  for (let i = 0; i < 3; i++) assert.is((await refused(send("/gateway/x"))).code, "GATEWAY_CREDENTIAL");
  assert.is(versions().length, 1);
  answers = "3.17.2";
  await clock.advance(4_999);
  await refused(send("/gateway/x"));
  await clock.advance(1);
  await send("/gateway/x");
  assert.equal([versions().length, gateway().length], [2, 1]);
  await close();
});

test("a server that does not answer /version holds a request up for 5 seconds, and nothing else", async () => {
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const { send, close, clock, gateway } = await stage({
    answer: (seen, response) => {
      if (seen.url.endsWith("/version")) asked();
      else response.end("{}");
    },
  });
  const held = refused(send("/gateway/x"));
  await isAsked;
  await send("/api/2.0/mlflow/runs/search");
  await clock.advance(5_000);
  assert.match((await held).message, /\/version gives no answer: it took more than 5 s$/);
  assert.is(gateway().length, 1);
  await close();
});

test("a server that can't be reached is said to be so, and asked again", async () => {
  const { send, close, server } = await stage();
  await server.close();
  assert.match((await refused(send("/gateway/x"))).message, /gives no answer: nothing listens there \(ECONNREFUSED\)$/);
  await close();
});

test("hosts of a wildcard are asked one by one", async () => {
  const versions: string[] = [];
  const sent: string[] = [];
  const { authorizer } = authorizerOver([
    { uri: "https://*.mlflow.test/base", auth: [boundAuth("vault", () => ours("Basic ours"))] },
  ]);
  const answer = (host: string) => (host.startsWith("new") ? "3.17.0" : "3.14.0");
  const base = {
    dispatch({ origin, path, headers }: { origin: string; path: string; headers: string[] }, handler: never) {
      const { onResponseStart, onResponseData, onResponseEnd } = handler as Record<
        string,
        (...args: unknown[]) => void
      >;
      const { host } = new URL(origin);
      (path.endsWith("/version") ? versions : sent).push(`${host}${path} ${headers.includes("Authorization")}`);
      onResponseStart?.call(handler, {}, 200, {});
      onResponseData?.call(handler, {}, Buffer.from(path.endsWith("/version") ? answer(host) : "{}"));
      onResponseEnd?.call(handler, {}, {});
      return true;
    },
  };
  const dispatch = createInterceptor(authorizer)(base.dispatch as never);
  const send = (host: string) =>
    new Promise((resolve) => {
      dispatch(
        { origin: `https://${host}.mlflow.test`, path: "/base/gateway/x", method: "GET" },
        {
          onResponseEnd: () => resolve("sent"),
          onResponseError: (_: unknown, error: unknown) => resolve((error as { code: string }).code),
        },
      );
    });
  assert.equal(
    [await send("new"), await send("old"), await send("new"), await send("old")],
    ["sent", "GATEWAY_CREDENTIAL", "sent", "GATEWAY_CREDENTIAL"],
  );
  assert.equal(versions, ["new.mlflow.test/base/version true", "old.mlflow.test/base/version true"]);
  assert.is(sent.length, 2);
});

/** A gateway whose login takes the current secret, and a provider of whose answers nothing is ours. */
async function rotatingGateway(answer: (seen: Received) => { status: number; headers?: Record<string, string> }) {
  let secret = 1;
  const fetches: number[] = [];
  let cached: Auth | undefined;
  const bound = boundAuth(
    "vault",
    async () => {
      if (cached === undefined) {
        fetches.push(secret);
        cached = ours(`Basic ${secret}`);
      }
      return cached;
    },
    () => (cached = undefined),
  );
  const made = await stage({
    auth: [bound],
    answer: (seen, response) => {
      if (seen.url.endsWith("/version")) return void response.end("3.17.2");
      const { status, headers = {} } = answer(seen);
      response.writeHead(status, headers).end("{}");
    },
  });
  return { ...made, fetches, rotate: () => secret++, accepted: () => `Basic ${secret}` };
}

test("a rotated secret goes again in the same header, with the client's key and the body", async () => {
  const stand = await rotatingGateway(({ headers }) => {
    const given = headers["x-mlflow-authorization"] ?? headers.authorization;
    return given === stand.accepted() ? { status: 200 } : { status: 401, headers: { "WWW-Authenticate": "Basic" } };
  });
  const { send, rotate, gateway, fetches, close } = stand;
  await send("/gateway/x");
  rotate();
  const body = { method: "POST", body: "hello" };
  assert.is(await send("/gateway/x", { "User-Agent": CLAUDE, "X-API-Key": "theirs" }, body), 200);
  assert.equal(gateway().slice(1).map(keysOf), [
    { "x-api-key": "theirs", "x-mlflow-authorization": "Basic 1" },
    { "x-api-key": "theirs", "x-mlflow-authorization": "Basic 2" },
  ]);
  assert.is(gateway()[2]?.body, "hello");
  rotate();
  assert.is(await send("/gateway/x", {}, body), 200);
  assert.equal(gateway().slice(3).map(keysOf), [{ authorization: "Basic 2" }, { authorization: "Basic 3" }]);
  rotate();
  // Headers that can be read only once.
  function* once(): Generator<[string, string]> {
    yield ["Api-Key", "theirs"];
    yield ["X-Extra", "kept"];
  }
  assert.is(await send("/gateway/x", once() as never), 200);
  assert.equal(gateway().slice(5).map(keysOf), [
    { "api-key": "theirs", "x-extra": "kept", "x-mlflow-authorization": "Basic 3" },
    { "api-key": "theirs", "x-extra": "kept", "x-mlflow-authorization": "Basic 4" },
  ]);
  assert.equal(fetches, [1, 2, 3, 4]);
  await close();
});

test("a 401 to the header that a proxy in front of MLflow may not know is explained once, with the way out", async () => {
  const { send, log, close } = await rotatingGateway(() => ({
    status: 401,
    headers: { "WWW-Authenticate": "Bearer" },
  }));
  const explained = () =>
    log.filter(({ message }) => /rejected the credential in X-MLflow-Authorization/.test(message));
  await send("/gateway/x");
  assert.equal(explained(), []);
  for (let i = 0; i < 3; i++) assert.is(await send("/gateway/x", { "Api-Key": "theirs" }), 401);
  assert.is(explained().length, 1);
  assert.match(explained()[0]?.message as string, /Basic alone; .*`gateway: \{ header: NAME \}`/);
  await close();
});

test("cookies of a client stay away from it, also those that the server set", async () => {
  const { send, close, gateway } = await stage({
    answer: (seen, response) => {
      response.writeHead(200, { "Set-Cookie": "session=ours" }).end(seen.url.endsWith("/version") ? "3.17.2" : "{}");
    },
  });
  await send("/api/2.0/mlflow/runs/search");
  await send("/api/2.0/mlflow/runs/search", { Cookie: "session=ours" });
  await send("/gateway/x", { Cookie: "session=ours", "Anthropic-Version": "1", "X-Auth-Token": "theirs" });
  assert.equal(
    gateway().map(({ headers }) => headers.cookie),
    [undefined, "session=ours", undefined],
  );
  assert.equal([gateway()[2]?.headers["anthropic-version"], gateway()[2]?.headers["x-auth-token"]], ["1", undefined]);
  await close();
});

test("what a provider answers says nothing about our secret: no 401 or 403 without WWW-Authenticate, no page, no redirect", async () => {
  const answers: { status: number; headers?: Record<string, string> }[] = [
    { status: 401 },
    { status: 403 },
    { status: 200, headers: { "Content-Type": "text/html" } },
    { status: 302, headers: { Location: "https://login.test/" } },
    { status: 407, headers: { "WWW-Authenticate": "Basic" } },
  ];
  for (const given of answers) {
    const { send, gateway, fetches, close } = await rotatingGateway(() => given);
    for (const path of ["/gateway/x", "/gateway/proxy/n/api/2.0/mlflow/runs/search"]) {
      assert.is(await send(path), given.status);
    }
    assert.equal([gateway().length, fetches.length], [2, 1], String(given.status));
    await close();
  }
  const { send, fetches, close } = await rotatingGateway(() => ({
    status: 403,
    headers: { "WWW-Authenticate": "Bearer" },
  }));
  await send("/gateway/x");
  assert.is(fetches.length, 2);
  await close();
});

test.run();
