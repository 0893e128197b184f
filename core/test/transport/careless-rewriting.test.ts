import { Readable } from "node:stream";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import { Agent, request } from "undici";
import * as assert from "uvu/assert";
import type { Rewrite } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { echoServer } from "../connection/echo-server.js";
import { authorizerOver, boundAuth, boundTags } from "../pipeline/authorizer-fixture.js";
import { clientOf, failure, fetchWith } from "./client-fixture.js";
import { changed, rewriter } from "./rewriting-providers.js";

const test = suite("rewriting among other servers, gateways and careless plugins");

/** All of a server's addresses in another folder. */
const inner: Rewrite = {
  to: (url) => changed(url, `/inner${url.pathname}`),
  back: (url) => changed(url, url.pathname.replace(/^\/inner(?=\/|$)/, "")),
};

async function listening(respond?: Parameters<typeof echoServer>[0]) {
  const server = await echoServer(respond);
  closeAfterwards(() => server.close());
  return server;
}

test("what the client asked of an AI gateway gets no credential at another address either, in whatever spelling", async () => {
  const server = await listening();
  const rewrite: Rewrite = {
    to: (url) => changed(url, url.pathname.replace(/.*gateway/i, "/llm")),
    back: (url) => url,
  };
  const decoding: Rewrite = {
    to: (url) => changed(url, decodeURIComponent(url.pathname).replace(/.*gateway/i, "/llm")),
    back: (url) => url,
  };
  for (const [how, path] of [
    [rewrite, "/gateway/x"],
    [rewrite, "/Gateway/x"],
    [rewrite, "//gateway/x"],
    [rewrite, "/y/../gateway/x"],
    [decoding, "/%67ateway/x"],
    [decoding, "/%2567ateway/x"],
    [inner, "/gateway/x"],
  ] as const) {
    const { dispatcher } = clientOf([{ uri: server.origin, auth: [rewriter(how).bound] }]);
    const said = await failure(
      dispatcher.request({ origin: server.origin, path, method: "POST", body: "{}" }).then(({ body }) => body.dump()),
    );
    assert.match(said, /^GATEWAY_CREDENTIAL|^[A-Z_]*PATH/, path);
  }
  const credentials = server.received.filter(
    ({ headers, url }) => headers.authorization !== undefined && url !== "/version",
  );
  assert.equal(credentials, [], "but to ask which MLflow it is");
  const { dispatcher } = clientOf([
    { uri: server.origin, auth: [rewriter(rewrite).bound], gateway: { header: "X-Own" } },
  ]);
  await (await fetchWith(dispatcher, `${server.origin}/gateway/x`)).text();
  const { url, headers } = server.received.at(-1) ?? {};
  assert.equal([url, headers?.authorization, headers?.["x-own"]], ["/llm/x", undefined, "Bearer ours"]);
});

test("addresses of another server on the same host are its own, and are led back by nobody else", async () => {
  const server = await listening((_, response) => {
    response.writeHead(200, {
      "content-location": "/other/t/x",
      link: "</base/t/y>; rel=next, </other/t/y>; rel=up",
      "set-cookie": ["a=1; Path=/other/t", "b=2; Path=/base/t", "c=3; Path=//elsewhere.test/base/t"],
    });
    response.end();
  });
  const rewrite: Rewrite = {
    to: (url) => changed(url, url.pathname.replace(/^\/base/, "/base/t")),
    back: (url) => changed(url, url.pathname.replace(/^\/\w+\/t(?=\/|$)/, "/base")),
  };
  const other = boundAuth("other", () => ({ headers: { Authorization: new Secret("Bearer other") } }));
  const { dispatcher } = clientOf([
    { uri: `${server.origin}/base`, auth: [rewriter(rewrite).bound] },
    { uri: `${server.origin}/other`, auth: [other] },
  ]);
  const { headers } = await fetchWith(dispatcher, `${server.origin}/base/x`);
  assert.is(headers.get("content-location"), "/other/t/x");
  assert.is(headers.get("link"), `<${server.origin}/base/y>; rel=next, </other/t/y>; rel=up`);
  assert.equal(headers.getSetCookie(), ["a=1; Path=/other/t", "b=2; Path=/base", "c=3; Path=//elsewhere.test/base/t"]);
});

test("a redirect to another host of a server with a wildcard is led back, too: rewritten twice it would be another address", async () => {
  const server = await listening(({ url }, response) => {
    if (url !== "/inner/x") response.end("there");
    else response.writeHead(307, { location: `//b.test.example:${new URL(server.origin).port}/inner/y` }).end();
  });
  const { port } = new URL(server.origin);
  const { authorizer } = authorizerOver([{ uri: `http://*.test.example:${port}`, auth: [rewriter(inner).bound] }]);
  const agent = new Agent({
    connect: { lookup: (_name, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]) },
  });
  closeAfterwards(() => agent.close());
  const dispatcher = agent.compose(createInterceptor(authorizer));
  const answer = await fetchWith(dispatcher, `http://a.test.example:${port}/x`);
  assert.is(await answer.text(), "there");
  assert.equal(
    server.received.map(({ url, headers }) => [url, headers.host, headers.authorization]),
    [
      ["/inner/x", `a.test.example:${port}`, "Bearer ours"],
      ["/inner/y", `b.test.example:${port}`, "Bearer ours"],
    ],
  );
});

test("an address that is led back to none of the server's stays the server's own", async () => {
  const server = await listening((_, response) => response.writeHead(201, { location: "/base/t/x" }).end());
  const rewrite: Rewrite = { to: (url) => url, back: (url) => changed(url, url.pathname.replace("/base", "")) };
  const { dispatcher } = clientOf([{ uri: `${server.origin}/base`, auth: [rewriter(rewrite).bound] }]);
  const { headers } = await fetchWith(dispatcher, `${server.origin}/base/x`);
  assert.is(headers.get("location"), "/base/t/x");
});

test("a client's own key in the address is not shown to the plugin, and goes nowhere", async () => {
  const server = await listening();
  const seen: string[] = [];
  const rewrite: Rewrite = {
    to(url) {
      seen.push(url.search);
      return changed(url, `/inner/${encodeURIComponent(url.search)}`);
    },
    back: (url) => url,
  };
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [rewriter(rewrite).bound] }]);
  await (await fetchWith(dispatcher, `${server.origin}/x?API%5Fkey=theirs&a=b`)).text();
  const { body } = await request(`${server.origin}/x`, { dispatcher, query: { api_key: "theirs" } });
  await body.dump();
  assert.equal(seen, ["?a=b", ""]);
  assert.not.match(JSON.stringify(server.received), "theirs");
});

test("an upload that is to be sent again is known by the client's address, however often the plugin's changes", async () => {
  const server = await listening((_, response) => response.writeHead(401).end());
  let count = 0;
  const rewrite: Rewrite = { to: (url) => changed(url, `/${count++}`), back: (url) => url };
  let key = 1;
  const bound = boundAuth(
    "moved",
    () => ({ headers: { Authorization: new Secret(`Bearer ${key}`) } }),
    () => {
      key++;
    },
  );
  const { dispatcher } = clientOf([
    { uri: server.origin, auth: [{ ...bound, provider: { ...bound.provider, rewrite } }] },
  ]);
  const upload = () =>
    dispatcher.request({ origin: server.origin, path: "/x", method: "PUT", body: Readable.from(["x"]) });
  assert.match(await failure(upload()), /^UPLOAD_REJECTED/);
  const { statusCode, body } = await upload();
  assert.is(statusCode, 401, "told once, and not for ever");
  await body.dump();
});

test("a client's body that fails by a code of TLS is told as what it is, not as a failure of the server's", async () => {
  const server = await listening();
  async function* breaking() {
    yield Buffer.from("{");
    throw Object.assign(new Error("the client's own"), { code: "CERT_HAS_EXPIRED" });
  }
  const tags = [boundTags("t", () => ({ team: "a" }))];
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [rewriter(inner).bound], tags }]);
  const path = "/api/2.0/mlflow/runs/create";
  const sent = dispatcher.request({ origin: server.origin, path, method: "POST", body: Readable.from(breaking()) });
  assert.is(await failure(sent), "Error: the client's own");
});

test("undici's option query is refused where undici refuses it, and an empty one adds nothing", async () => {
  const server = await listening();
  const { dispatcher } = clientOf([
    { uri: server.origin, auth: [rewriter({ to: (url) => url, back: (url) => url }).bound] },
  ]);
  const { body } = await request(`${server.origin}/x`, { dispatcher, query: {} });
  await body.dump();
  assert.is(server.received[0]?.url, "/x");
  const sent = dispatcher.request({ origin: server.origin, path: "/x?a=b", method: "GET", query: { c: "d" } });
  assert.match(await failure(sent), /query/);
  assert.is(server.received.length, 1);
});

test.run();
