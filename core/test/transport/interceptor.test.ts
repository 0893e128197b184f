import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { suite } from "@mlflow-auth/test/suite";
import { Agent, Dispatcher1Wrapper, interceptors, Pool, request as undiciRequest } from "undici";
import * as assert from "uvu/assert";
import { isMlflowAuthError, MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { Secret } from "../../src/secret/secret.js";
import { fakeClock } from "../../src/testing.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { authSlot, gateOver, headerSlot } from "../pipeline/gate-fixture.js";
import { type EchoServer, echoServer, type Received } from "./echo-server.js";

const test = suite("interceptor");

/** A server that wants the current token, and a client whose secret store can be rotated. */
async function rotating(
  refuse: (response: ServerResponse) => unknown = (response) => response.writeHead(401).end("who are you?"),
) {
  const state = { accepted: "Bearer 1", stored: "Bearer 1", fetches: 0 };
  let cached: { headers: { Authorization: Secret } } | undefined;
  const slot = authSlot(
    "store",
    async () => {
      if (cached === undefined) {
        state.fetches++;
        cached = { headers: { Authorization: new Secret(state.stored) } };
      }
      return cached;
    },
    () => {
      cached = undefined;
    },
  );
  const server = await echoServer((seen, response) => {
    if (seen.headers.authorization === state.accepted) response.end(seen.body);
    else refuse(response);
  });
  const { gate } = gateOver([{ uri: server.origin, auth: [slot] }]);
  const agent = new Agent();
  return { state, server, gate, agent, dispatcher: agent.compose(createInterceptor(gate)) };
}

async function withClient<T>(listed: EchoServer, run: (dispatcher: Agent) => Promise<T>): Promise<T> {
  const auth = { headers: { Authorization: new Secret("Bearer ours") } };
  const extra = { "X-Extra": "theirs too" };
  const { gate } = gateOver([
    { uri: `${listed.origin}/base`, auth: [authSlot("a", () => auth)], headers: [headerSlot("h", () => extra)] },
  ]);
  const agent = new Agent();
  try {
    const interceptor = createInterceptor(gate);
    const composed = agent.compose(interceptor) as unknown as Agent;
    interceptorsOf.set(composed, interceptor);
    return await run(composed);
  } finally {
    await agent.close();
    await listed.close();
  }
}

/** The interceptor of a dispatcher that was composed with it, for another dispatcher. */
const wrapping = (composed: Agent) => interceptorsOf.get(composed) as ReturnType<typeof createInterceptor>;
const interceptorsOf = new WeakMap<object, ReturnType<typeof createInterceptor>>();

const fetchWith = (dispatcher: unknown, url: string, init: object = {}) =>
  fetch(url, { ...init, dispatcher: new Dispatcher1Wrapper(dispatcher as Agent) } as unknown as RequestInit);

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
    const { gate } = gateOver([{ uri: server.origin, auth: [authSlot("a", getAuth)] }]);
    const agent = new Agent();
    const dispatcher = agent.compose(createInterceptor(gate));
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

test("a rotated secret is noticed by nobody: the request is sent again, with its body", async () => {
  const { state, server, agent, dispatcher } = await rotating();
  const bodies: [string, () => unknown][] = [
    ["none", () => undefined],
    ["text", () => "text"],
    ["bytes", () => Buffer.from("bytes")],
    ["form", () => new URLSearchParams({ a: "b" })],
    ["blob", () => new Blob(["blob"])],
    ["large", () => "x".repeat(900 * 1024)],
  ];
  await (await fetchWith(dispatcher, server.origin)).text();
  let round = 1;
  for (const [name, body] of bodies) {
    round++;
    state.stored = state.accepted = `Bearer ${round}`;
    const before = state.fetches;
    const method = body() === undefined ? "GET" : "POST";
    const answer = await fetchWith(dispatcher, `${server.origin}/x`, { method, body: body() });
    assert.is(answer.status, 200, name);
    const [refused, accepted] = server.received.slice(-2) as [Received, Received];
    assert.is(accepted.body, refused.body, name);
    assert.is(await answer.text(), refused.body);
    assert.is(state.fetches, before + 1, name);
  }
  for (const body of [Buffer.from("raw"), "text", undefined]) {
    round++;
    state.stored = state.accepted = `Bearer ${round}`;
    const answer = await undiciRequest(`${server.origin}/x`, {
      dispatcher,
      method: body ? "POST" : "GET",
      body: body ?? null,
    });
    assert.is(answer.statusCode, 200);
    assert.is(await answer.body.text(), String(body ?? ""));
  }
  await agent.close();
  await server.close();
});

test("a stream is sent once: its 401 is passed on, whole", async () => {
  const { state, server, agent, dispatcher } = await rotating();
  await (await fetchWith(dispatcher, server.origin)).text();
  state.stored = state.accepted = "Bearer 2";
  const answer = await undiciRequest(`${server.origin}/x`, {
    dispatcher,
    method: "POST",
    body: Readable.from(["a", "b"]),
  });
  assert.is(answer.statusCode, 401);
  assert.is(await answer.body.text(), "who are you?");
  const large = Buffer.alloc(3 * 1024 * 1024, "x");
  state.stored = state.accepted = "Bearer 3";
  const pieces = new ReadableStream({
    start(controller) {
      for (let at = 0; at < large.length; at += 65_536) controller.enqueue(large.subarray(at, at + 65_536));
      controller.close();
    },
  });
  const streamed = await fetchWith(dispatcher, `${server.origin}/x`, { method: "POST", duplex: "half", body: pieces });
  assert.is(streamed.status, 401);
  assert.is(await streamed.text(), "who are you?");
  assert.is(server.received.at(-1)?.body.length, large.length);
  await agent.close();
  await server.close();
});

test("an unchanged secret's 401 reaches the caller as the server gave it", async () => {
  const { state, server, agent, dispatcher } = await rotating();
  state.accepted = "Bearer other";
  for (let i = 0; i < 3; i++) {
    const answer = await fetchWith(dispatcher, server.origin, { method: "POST", body: "b" });
    assert.is(answer.status, 401);
    assert.is(await answer.text(), "who are you?");
  }
  assert.is(server.received.length, 3);
  assert.is(state.fetches, 2);
  await agent.close();
  await server.close();
});

test("two hundred requests at once through a rotation all succeed with one fetch", async () => {
  const { state, server, agent, dispatcher } = await rotating();
  await (await fetchWith(dispatcher, server.origin)).text();
  state.stored = state.accepted = "Bearer 2";
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => fetchWith(dispatcher, server.origin, { method: "POST", body: `${i}` })),
  );
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(
    await Promise.all(answers.map((answer) => answer.text())),
    Array.from({ length: 200 }, (_, i) => `${i}`),
  );
  assert.is(state.fetches, 2);
  await agent.close();
  await server.close();
});

test("a 403 that is not MLflow's own, and a login page, get one more try with a secret that changed", async () => {
  const refusals: [string, (response: ServerResponse) => unknown][] = [
    ["gateway's 403", (response) => response.writeHead(403, { "content-type": "text/html" }).end("<h1>Forbidden</h1>")],
    ["long 403", (response) => response.writeHead(403).end("x".repeat(200_000))],
    ["login page", (response) => response.writeHead(200, { "content-type": "text/html" }).end("<form>")],
    ["redirect to a login", (response) => response.writeHead(302, { location: "/login" }).end()],
  ];
  for (const [name, refuse] of refusals) {
    const { state, server, agent, dispatcher } = await rotating(refuse);
    const post = () =>
      undiciRequest(`${server.origin}/api/2.0/mlflow/runs/create`, { dispatcher, method: "POST", body: "b" });
    await (await post()).body.dump();
    state.stored = state.accepted = "Bearer 2";
    const answer = await post();
    assert.is(answer.statusCode, 200, name);
    assert.is(await answer.body.text(), "b", name);
    assert.is(state.fetches, 2, name);
    await agent.close();
    await server.close();
  }
});

test("a permission denial is passed on whole, and the secret store is not asked", async () => {
  const denial = '{"error_code":"PERMISSION_DENIED","message":"Permission denied"}';
  const { state, server, agent, dispatcher } = await rotating((response) => response.writeHead(403).end(denial));
  const get = () => undiciRequest(`${server.origin}/api/2.0/mlflow/runs/get`, { dispatcher });
  await (await get()).body.dump();
  state.stored = state.accepted = "Bearer 2";
  const answer = await get();
  assert.is(answer.statusCode, 403);
  assert.is(await answer.body.text(), denial);
  assert.is(state.fetches, 1);
  await agent.close();
  await server.close();
});

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
  const { gate } = gateOver([{ uri: listed.origin, headers: [headerSlot("h", () => ({ "X-Extra": "secret" }))] }]);
  const agent = new Agent();
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: 5 })).compose(createInterceptor(gate));
  const answer = await undiciRequest(`${listed.origin}/x`, { dispatcher });
  await answer.body.dump();
  assert.is(answer.statusCode, 302);
  assert.is(elsewhere.received.length, 0);
  await agent.close();
  await listed.close();
  await elsewhere.close();
});

test("what is judged is what is sent: raw paths go out as the parser reads them", async () => {
  const server = await echoServer();
  await withClient(server, async (dispatcher) => {
    const pool = new Pool(server.origin);
    const composed = pool.compose(wrapping(dispatcher));
    for (const path of [
      "/base//../other",
      "/base//%2e%2e/other?a=/../b",
      "/base/a/..//../other",
      "/base/\\..\\../x",
      "/other/%2e%2e/base/x",
    ]) {
      await (await composed.request({ path, method: "GET" })).body.dump();
    }
    await pool.close();
  });
  const seen = server.received.map(({ url, headers }) => [url, headers.authorization]);
  assert.equal(seen, [
    ["/base/other", "Bearer ours"],
    ["/base/other?a=/../b", "Bearer ours"],
    ["/base/other", "Bearer ours"],
    ["/base/\\..\\../x", undefined],
    ["/base/x", "Bearer ours"],
  ]);
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
    auth: [authSlot("a", () => auth)],
  }));
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(gateOver(listed.slice(0, 1)).gate));
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

test("a body from a buffer that is used again goes out a second time as it was", async () => {
  const { state, server, agent, dispatcher } = await rotating();
  await (await fetchWith(dispatcher, server.origin)).text();
  state.stored = state.accepted = "Bearer 2";
  async function* reused() {
    const buffer = Buffer.alloc(4);
    for (const letter of "abc") yield buffer.fill(letter);
  }
  const answer = await undiciRequest(server.origin, { dispatcher, method: "POST", body: reused() as never });
  assert.is(answer.statusCode, 200);
  assert.is(await answer.body.text(), "aaaabbbbcccc");
  await agent.close();
  await server.close();
});

test("a 403 that trickles in is judged by what is there after a second", async () => {
  const clock = fakeClock();
  const held: ServerResponse[] = [];
  const server = await echoServer((_, response) => {
    response.writeHead(403, { "content-type": "text/html" }).write("<h1>");
    held.push(response);
  });
  const slot = authSlot("a", () => ({ headers: { Authorization: new Secret("Bearer x") } }));
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(gateOver([{ uri: server.origin, auth: [slot] }]).gate, { clock }));
  const asked = undiciRequest(`${server.origin}/x`, { dispatcher });
  while (clock.pending === 0) await new Promise(setImmediate);
  await clock.advance(1_000);
  const answer = await asked;
  assert.is(answer.statusCode, 403);
  for (const response of held) response.end("no</h1>");
  assert.is(await answer.body.text(), "<h1>no</h1>");
  await agent.close();
  await server.close();
});

test("an abort while the secret is fetched ends the request before anything is sent", async () => {
  const server = await echoServer();
  let release: (auth: unknown) => void = () => {};
  const { gate } = gateOver([
    { uri: server.origin, auth: [authSlot("a", () => new Promise((resolve) => (release = resolve as never)))] },
  ]);
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(gate));
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

test.run();
