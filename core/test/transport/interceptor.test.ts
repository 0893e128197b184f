import { suite } from "@mlflow-auth/test/suite";
import { Agent, request as undiciRequest } from "undici";
import * as assert from "uvu/assert";
import { isMlflowAuthError, MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { Secret } from "../../src/secret/secret.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { echoServer, type Received } from "../connection/echo-server.js";
import { authorizerOver, boundAuth } from "../pipeline/authorizer-fixture.js";
import { fetchWith, withClient } from "./client-fixture.js";

const test = suite("interceptor");

test("a listed URL gets the headers, any other is untouched", async () => {
  const server = await echoServer();
  await withClient(server, async (dispatcher) => {
    await (await fetchWith(dispatcher, `${server.origin}/base/a?b=c`)).text();
    await (await fetchWith(dispatcher, `${server.origin}/other`, { headers: { Authorization: "mine" } })).text();
  });
  const [listed, other] = server.received as [Received, Received];
  assert.is(listed.headers.authorization, "Bearer ours");
  assert.is(listed.headers["x-extra"], "theirs too");
  assert.is(listed.url, "/base/a?b=c");
  assert.is(other.headers.authorization, "mine");
  assert.is(other.headers["x-extra"], undefined);
});

test("the client's own credentials are removed in every spelling and in every form that undici takes", async () => {
  const server = await echoServer();
  const brought: [string, string][] = [
    ["Authorization", "x"],
    ["AUTHORIZATION", "y"],
    ["X-API-Key", "k"],
    ["x_api_key", "k"],
    ["X-Extra", "mine"],
    ["Keep", "me"],
  ];
  await withClient(server, async (dispatcher) => {
    const url = `${server.origin}/base/a?x=1&api_key=k&API%5FKEY=k&api-key=k&y=2`;
    const forms = [Object.fromEntries(brought), brought.flat(), brought, new Map(brought)];
    for (const headers of forms) {
      const answer = await undiciRequest(url, { dispatcher, headers: headers as never });
      await answer.body.dump();
    }
    const query = await undiciRequest(`${server.origin}/base/a`, { dispatcher, query: { x: 1, api_key: "k" } });
    await query.body.dump();
  });
  for (const { headers, rawHeaders, url } of server.received.slice(0, 4)) {
    assert.is(headers.authorization, "Bearer ours");
    assert.is(headers["x-extra"], "theirs too");
    assert.is(headers["keep"], "me");
    assert.is(url, "/base/a?x=1&y=2");
    assert.not.ok(
      rawHeaders.some((name) => /^x[-_]api[-_]key$/i.test(name)),
      rawHeaders.join(),
    );
    assert.is(rawHeaders.filter((name) => /^authorization$/i.test(name)).length, 1);
  }
  assert.is(server.received[4]?.url, "/base/a?x=1");
});

test("no credential: nothing is sent, and the caller gets the error", async () => {
  const server = await echoServer();
  const down = new MlflowAuthError("SECRET_UNREACHABLE", "down");
  for (const getAuth of [
    () => Promise.reject(down),
    () => {
      throw down;
    },
  ]) {
    const { authorizer } = authorizerOver([{ uri: server.origin, auth: [boundAuth("a", getAuth)] }]);
    const agent = new Agent();
    const dispatcher = agent.compose(createInterceptor(authorizer));
    const thrown = await fetchWith(dispatcher, `${server.origin}/x`, { method: "POST", body: "b" }).catch(
      (error) => error,
    );
    assert.ok(isMlflowAuthError(thrown.cause), String(thrown));
    const direct = await undiciRequest(`${server.origin}/x`, { dispatcher }).catch((error) => error);
    assert.ok(isMlflowAuthError(direct), String(direct));
    await agent.close();
  }
  assert.is(server.received.length, 0);
  await server.close();
});

test("an abort while the secret is fetched ends the request before anything is sent", async () => {
  const server = await echoServer();
  let release: (auth: unknown) => void = () => {};
  const { authorizer } = authorizerOver([
    { uri: server.origin, auth: [boundAuth("a", () => new Promise((resolve) => (release = resolve as never)))] },
  ]);
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(authorizer));
  const controller = new AbortController();
  const pending = fetchWith(dispatcher, `${server.origin}/x`, { signal: controller.signal }).catch((error) => error);
  await new Promise(setImmediate);
  controller.abort();
  assert.is((await pending).name, "AbortError");
  release({ headers: { Authorization: new Secret("Bearer late") } });
  await new Promise(setImmediate);
  await agent.close();
  assert.is(server.received.length, 0);
  await server.close();
});

test("a request that is given up while its credential is fetched ends at once, and is not sent when the credential comes", async () => {
  const server = await echoServer();
  let come = (_auth: object) => {};
  const asked = new Promise<never>((resolve) => {
    come = resolve as typeof come;
  });
  const { authorizer } = authorizerOver([{ uri: server.origin, auth: [boundAuth("a", () => asked)] }]);
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(authorizer));
  for (const before of [false, true]) {
    const controller = new AbortController();
    if (before) controller.abort();
    const answer = undiciRequest(server.origin, { dispatcher, signal: controller.signal });
    controller.abort();
    const error = await answer.then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    assert.is(error?.name, "AbortError");
  }
  come({ headers: { Authorization: new Secret("Bearer late") } });
  const sent = await undiciRequest(server.origin, { dispatcher });
  await sent.body.dump();
  assert.is(server.received.length, 1, "only the one that was not given up");
  await agent.close();
  await server.close();
});

test("a caller hears of the first byte of an answer, by which fetch tells how long a server took", async () => {
  const server = await echoServer();
  await withClient(server, async (dispatcher) => {
    const told: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const handler = {
        onResponseStarted: () => void told.push("started"),
        onResponseStart: () => void told.push("headers"),
        onResponseEnd: () => resolve(),
        onResponseError: (_controller: unknown, error: Error) => reject(error),
      };
      dispatcher.dispatch({ origin: server.origin, path: "/base/x", method: "GET" }, handler as never);
    });
    assert.equal(told, ["started", "headers"]);
  });
});

test.run();
