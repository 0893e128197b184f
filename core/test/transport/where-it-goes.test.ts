import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import { Agent, interceptors, Pool, request as undiciRequest } from "undici";
import * as assert from "uvu/assert";
import { Secret } from "../../src/secret/secret.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { echoServer } from "../connection/echo-server.js";
import { harmless, misleading, notTeam, readAsTeam, readAsTeamInAnyCase } from "../http/path-table.js";
import { authorizerOver, boundAuth, boundHeaders } from "../pipeline/authorizer-fixture.js";
import { fetchWith, withClient } from "./client-fixture.js";

const test = suite("where a request goes");

test("a redirect is judged as another destination, by fetch and by undici's own redirect interceptor further out", async () => {
  const elsewhere = await echoServer();
  for (const status of [301, 302, 303, 307, 308]) {
    for (const style of ["fetch", "redirect interceptor"]) {
      const listed = await echoServer((seen, response) => {
        if (seen.url === "/base/back") return response.end("home");
        const target = seen.url === "/base/out" ? `${elsewhere.origin}/base/x` : "/base/back";
        response.writeHead(status, { location: target }).end();
      });
      await withClient(listed, async (dispatcher) => {
        const redirecting =
          style !== "fetch" ? (dispatcher as Agent).compose(interceptors.redirect({ maxRedirections: 5 })) : dispatcher;
        for (const path of ["/base/out", "/base/in"]) {
          if (style === "fetch") await (await fetchWith(dispatcher, listed.origin + path)).text();
          else await (await undiciRequest(listed.origin + path, { dispatcher: redirecting })).body.dump();
        }
      });
      assert.is(listed.received.at(-1)?.url, "/base/back", `${status} ${style}`);
      assert.is(listed.received.at(-1)?.headers.authorization, "Bearer ours");
    }
  }
  assert.is(elsewhere.received.length, 10);
  for (const { headers } of elsewhere.received) {
    assert.is(headers.authorization, undefined);
    assert.is(headers["x-extra"], undefined);
  }
  await elsewhere.close();
});

test("a redirect interceptor further in follows nothing with our credentials", async () => {
  const elsewhere = await echoServer();
  const listed = await echoServer((_, response) =>
    response.writeHead(302, { location: `${elsewhere.origin}/x` }).end(),
  );
  const { authorizer } = authorizerOver([
    { uri: listed.origin, headers: [boundHeaders("h", () => ({ "X-Extra": "secret" }))] },
  ]);
  const agent = new Agent();
  const dispatcher = agent
    .compose(interceptors.redirect({ maxRedirections: 5 }))
    .compose(createInterceptor(authorizer));
  const answer = await undiciRequest(`${listed.origin}/x`, { dispatcher });
  await answer.body.dump();
  assert.is(answer.statusCode, 302);
  assert.is(elsewhere.received.length, 0);
  await agent.close();
  await listed.close();
  await elsewhere.close();
});

test("what is judged is what is sent: every other path goes out as it was written, with the credential", async () => {
  const server = await echoServer();
  await withClient(server, async (_dispatcher, interceptor) => {
    const pool = new Pool(server.origin);
    const composed = pool.compose(interceptor);
    for (const path of harmless) await (await composed.request({ path: `/base${path}`, method: "GET" })).body.dump();
    await pool.close();
  });
  assert.equal(
    server.received.map(({ url, headers }) => [url, headers.authorization]),
    harmless.map((path) => [`/base${path}`, "Bearer ours"]),
  );
});

test("a path that leads into or out of the base in some reading is not sent at all, neither bare nor with a credential", async () => {
  const server = await echoServer();
  const into = ["/other/%2e%2e/base/x", "/other/..%2fbase/x", "/other/..;/base/x", "/x/..\\base", "/base\\x"];
  await withClient(server, async (_dispatcher, interceptor) => {
    const pool = new Pool(server.origin);
    const composed = pool.compose(interceptor);
    for (const path of [...misleading.map((below) => `/base${below}`), ...into]) {
      try {
        await composed.request({ path, method: "GET" });
        assert.unreachable(path);
      } catch (thrown) {
        assert.is((thrown as { code?: unknown }).code, "PATH_MISLEADING", path);
      }
    }
    // What neither comes from the base nor leads there is other traffic.
    await (await composed.request({ path: "/elsewhere/..%2fx", method: "GET" })).body.dump();
    await pool.close();
  });
  assert.equal(
    server.received.map(({ url, headers }) => [url, headers.authorization]),
    [["/elsewhere/..%2fx", undefined]],
  );
});

test("of two servers on one origin, a path that is read as the other's in some way is not sent at all", async () => {
  const server = await echoServer();
  const auth = (name: string) => boundAuth(name, () => ({ headers: { Authorization: new Secret(`Bearer ${name}`) } }));
  const { authorizer } = authorizerOver([
    { uri: server.origin, auth: [auth("outer")] },
    { uri: `${server.origin}/team`, auth: [auth("inner")] },
  ]);
  const pool = new Pool(server.origin);
  const composed = pool.compose(createInterceptor(authorizer));
  for (const path of [...readAsTeam, ...readAsTeamInAnyCase]) {
    const code = await composed.request({ path, method: "GET" }).then(
      () => "sent",
      (thrown: { code?: unknown }) => thrown.code,
    );
    assert.is(code, "PATH_MISLEADING", path);
  }
  assert.equal(server.received, []);
  for (const path of [...notTeam, "/team", "/team/%41;x"])
    await (await composed.request({ path, method: "GET" })).body.dump();
  assert.equal(
    server.received.map(({ headers }) => headers.authorization),
    [...notTeam.map(() => "Bearer outer"), "Bearer inner", "Bearer inner"],
  );
  await pool.close();
  await server.close();
});

test("a Host of the client's choice does not lead the credential to another site", async () => {
  const server = await echoServer();
  await withClient(server, async (dispatcher) => {
    const headers = { host: "evil.test" };
    await (await undiciRequest(`${server.origin}/base/x`, { dispatcher, headers })).body.dump();
    await (await undiciRequest(`${server.origin}/other`, { dispatcher, headers })).body.dump();
  });
  assert.equal(
    server.received.map(({ headers }) => headers.host),
    [`127.0.0.1:${server.port}`, "evil.test"],
  );
});

test("CONNECT gets no credential, however its target is put", async () => {
  const server = await echoServer();
  const sockets: string[] = [];
  const tunnel = createServer().on("connect", (request, socket) => {
    sockets.push(JSON.stringify(request.headers));
    socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
  });
  await new Promise<void>((resolve) => tunnel.listen(0, "127.0.0.1", resolve));
  const { port } = tunnel.address() as AddressInfo;
  const auth = { headers: { Authorization: new Secret("Bearer ours") } };
  const listed = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${port}0`].map((uri) => ({
    uri,
    auth: [boundAuth("a", () => auth)],
  }));
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(authorizerOver(listed.slice(0, 1)).authorizer));
  for (const path of ["0/x", "/x", "example.test:443"]) {
    await dispatcher.connect({ origin: `http://127.0.0.1:${port}`, path } as never).catch(() => undefined);
  }
  assert.is(sockets.length > 0, true);
  for (const headers of sockets) assert.not.match(headers, "ours");
  await agent.destroy();
  await server.close();
  tunnel.closeAllConnections();
  await new Promise((resolve) => tunnel.close(resolve));
});

test.run();
