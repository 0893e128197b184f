import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Auth } from "../../src/provider/provider.js";
import type { Received } from "../connection/echo-server.js";
import { boundAuth } from "../pipeline/authorizer-fixture.js";
import { CLAUDE, keysOf, ours, stage } from "./gateway-stage.js";

const test = suite("answers from below the AI gateway");

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
