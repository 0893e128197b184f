import type { IncomingMessage, ServerResponse } from "node:http";
import { suite } from "@mlflow-auth/test/suite";
import { Agent, interceptors, request } from "undici";
import * as assert from "uvu/assert";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { Rewrite } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { echoServer } from "../connection/echo-server.js";
import { authorizerOver, boundAuth, boundTags } from "../pipeline/authorizer-fixture.js";
import { clientOf, failure, fetchWith } from "./client-fixture.js";
import { changed, moved, rewriter } from "./rewriting-providers.js";

const test = suite("requests to rewritten addresses");

test("the server is asked at its own address, with the credential for it, by fetch and by undici's request with a query", async () => {
  const server = await echoServer();
  const { bound, asked } = rewriter();
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [bound] }]);
  const answer = await fetchWith(dispatcher, `${server.origin}/api/2.0/x?a=b+c`, { method: "POST", body: "sent" });
  assert.is(await answer.text(), "sent");
  const { body } = await request(`${server.origin}/api/y`, { dispatcher, query: { q: "1 2" } });
  await body.dump();
  await (await fetchWith(dispatcher, `${server.origin}/health|"`)).text();
  assert.equal(
    server.received.map(({ url, headers }) => [url, headers.authorization]),
    [
      ["/inner/api/2.0/x?a=b+c", "Bearer ours"],
      ["/inner/api/y?q=1%202", "Bearer ours"],
      ["/health|%22", "Bearer ours"],
    ],
  );
  assert.is(asked[0], "/inner/api/2.0/x?a=b+c");
  await server.close();
});

test("what is not rewritten is sent byte for byte as it was written", async () => {
  const server = await echoServer();
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [rewriter().bound] }]);
  await dispatcher
    .request({ origin: server.origin, path: '/x"|%7e?a=^', method: "GET" })
    .then(({ body }) => body.dump());
  assert.is(server.received[0]?.url, '/x"|%7e?a=^');
  await server.close();
});

test("a redirect that is followed is rewritten anew", async () => {
  const server = await echoServer(({ url }, response) => {
    if (url === "/inner/api/y") response.end("there");
    else response.writeHead(307, { location: "/inner/api/y" }).end();
  });
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [rewriter().bound] }]);
  assert.is(await (await fetchWith(dispatcher, `${server.origin}/api/x`)).text(), "there");
  await server.close();
});

test("which endpoint it is for is told by the client's address: run tags come along, and a login page is told", async () => {
  const server = await echoServer(({ body }, response) => response.end(body));
  const rewrite: Rewrite = {
    to: (url) => changed(url, url.pathname.replace("/api/2.0/mlflow/runs/create", "/new-run")),
    back: (url) => changed(url, url.pathname.replace("/new-run", "/api/2.0/mlflow/runs/create")),
  };
  const { dispatcher } = clientOf([
    { uri: server.origin, auth: [rewriter(rewrite).bound], tags: [boundTags("t", () => ({ team: "a" }))] },
  ]);
  const url = `${server.origin}/api/2.0/mlflow/runs/create`;
  await (await fetchWith(dispatcher, url, { method: "POST", body: "{}" })).text();
  assert.is(server.received[0]?.url, "/new-run");
  assert.equal(JSON.parse(server.received[0]?.body ?? ""), { tags: [{ key: "team", value: "a" }] });
  await server.close();
});

test("the second attempt after a rotation goes to the same address", async () => {
  let key = 1;
  const server = await echoServer(({ headers }, response) =>
    response.writeHead(headers.authorization === "Bearer 2" ? 200 : 401).end(),
  );
  const auth = () => ({ headers: { Authorization: new Secret(`Bearer ${key}`) } });
  const bound = boundAuth("moved", auth, () => {
    key = 2;
  });
  const { dispatcher } = clientOf([
    { uri: server.origin, auth: [{ ...bound, provider: { ...bound.provider, rewrite: moved } }] },
  ]);
  assert.is((await fetchWith(dispatcher, `${server.origin}/api/x`)).status, 200);
  assert.equal(
    server.received.map(({ url }) => url),
    ["/inner/api/x", "/inner/api/x"],
  );
  await server.close();
});

const wrong: Record<string, [to: (url: URL) => unknown, says: RegExp]> = {
  "to another host": [() => new URL("https://elsewhere.test/base/x"), /^PLUGIN_RESULT: plugin moved led a request to/],
  "to another port": [(url) => Object.assign(url, { port: "1" }), /^PLUGIN_RESULT/],
  "out of the listed base": [(url) => changed(url, "/other"), /^PLUGIN_RESULT/],
  "out of the base in another spelling": [(url) => changed(url, "/base/..%2fother"), /^PLUGIN_RESULT/],
  "below another listed server": [(url) => changed(url, "/base/inner/x"), /^PLUGIN_RESULT/],
  "with a user": [(url) => Object.assign(url, { username: "a" }), /^PLUGIN_RESULT/],
  "to no address": [() => "not an address", /^PLUGIN_FAILED: plugin moved failed with TypeError/],
  "to nothing": [() => undefined, /^PLUGIN_FAILED/],
  "with an error": [
    () => {
      throw new Error("not to be seen");
    },
    /^PLUGIN_FAILED: plugin moved failed with Error/,
  ],
};

for (const [name, [to, says]] of Object.entries(wrong)) {
  test(`a request that is led ${name} is not sent, neither bare nor with a credential`, async () => {
    const server = await echoServer();
    const { bound } = rewriter({ to: to as Rewrite["to"], back: (url) => url });
    const inner = boundAuth("inner", () => ({ headers: { Authorization: new Secret("Bearer inner") } }));
    const { dispatcher } = clientOf([
      { uri: `${server.origin}/base`, auth: [bound] },
      { uri: `${server.origin}/base/inner`, auth: [inner] },
    ]);
    const said = await failure(fetchWith(dispatcher, `${server.origin}/base/x`));
    assert.match(said, says);
    assert.not.match(said, "not to be seen");
    assert.is(server.received.length, 0);
    await server.close();
  });
}

test("a way back that fails leaves the server's own address, and other servers are not rewritten", async () => {
  const server = await echoServer((_, response) =>
    response.writeHead(200, { "content-location": "/inner/api/x" }).end(),
  );
  const back = () => {
    throw new Error("no way back");
  };
  const other = boundAuth("other", () => ({ headers: { Authorization: new Secret("Bearer other") } }));
  const { dispatcher } = clientOf([
    { uri: `${server.origin}/api`, auth: [rewriter({ to: (url) => url, back }).bound] },
    { uri: `${server.origin}/other`, auth: [other] },
  ]);
  const answer = await fetchWith(dispatcher, `${server.origin}/api/x`);
  assert.is(answer.headers.get("content-location"), "/inner/api/x");
  await (await fetchWith(dispatcher, `${server.origin}/other/api/x`)).text();
  await (await fetchWith(dispatcher, `${server.origin}/unlisted`)).text();
  assert.equal(
    server.received.map(({ url, headers }) => [url, headers.authorization]),
    [
      ["/api/x", "Bearer ours"],
      ["/other/api/x", "Bearer other"],
      ["/unlisted", undefined],
    ],
  );
  await server.close();
});

test("below MLflow's AI gateway is what the server sees there, whatever the client asked for", async () => {
  const server = await echoServer();
  const rewrite: Rewrite = { to: (url) => changed(url, "/gateway/x"), back: (url) => url };
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [rewriter(rewrite).bound] }]);
  const headers = { "x-api-key": "a provider's" };
  const said = await failure(fetchWith(dispatcher, `${server.origin}/x`, { headers }));
  assert.match(said, /^GATEWAY_CREDENTIAL/);
  // The question about the version is led there, too: it is refused for itself, and not because of another question in its turn.
  assert.match(said, "the other headers of the request, which are not known here");
  assert.is(said.match(/\/version gives no answer/g)?.length, 1, said);
  assert.equal(server.received, []);
  await server.close();
});

test("two plugins that rewrite the addresses of one server are refused", () => {
  const first = rewriter().bound;
  assert.throws(
    () => authorizerOver([{ uri: "https://h.test", auth: [first, { ...first, instance: "second" }] }]),
    (error: unknown) =>
      isMlflowAuthError(error) &&
      error.code === "PLUGIN_INTERFACE" &&
      /plugins moved and second both have `rewrite`/.test(error.message),
  );
});

test("undici's own redirect interceptor further out follows to the client's address", async () => {
  const server = await echoServer(({ url }: { url: string }, response: ServerResponse<IncomingMessage>) => {
    if (url === "/inner/api/y") response.end("there");
    else response.writeHead(307, { location: "y" }).end();
  });
  const { authorizer } = authorizerOver([{ uri: server.origin, auth: [rewriter().bound] }]);
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(authorizer), interceptors.redirect({ maxRedirections: 1 }));
  const { body } = await request(`${server.origin}/api/x`, { dispatcher });
  assert.is(await body.text(), "there");
  await agent.close();
  await server.close();
});

test.run();
