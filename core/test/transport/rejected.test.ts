import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { suite } from "@mlflow-auth/test/suite";
import { Agent, request as undiciRequest } from "undici";
import * as assert from "uvu/assert";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { Secret } from "../../src/secret/secret.js";
import { fakeClock } from "../../src/testing.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { echoServer, type Received } from "../connection/echo-server.js";
import { authorizerOver, boundAuth } from "../pipeline/authorizer-fixture.js";
import { fetchWith, rotating } from "./client-fixture.js";

const test = suite("refused requests");

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

/** More than is kept for a second attempt, as a stream. */
function stream(): ReadableStream {
  let left = 48;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new Uint8Array(65_536));
      else controller.close();
    },
  });
}

const upload = (dispatcher: unknown, url: string) =>
  fetchWith(dispatcher, url, { method: "PUT", duplex: "half", body: stream() }).then(
    async (answer) => `${answer.status} ${(await answer.text()).length}`,
    ({ cause }) => (isMlflowAuthError(cause) ? `${cause.code} ${cause.transient}` : String(cause)),
  );

test("a stream that can't be sent again fails once for each renewal, and says so; sent anew, it passes", async () => {
  const { state, server, agent, dispatcher } = await rotating();
  await (await fetchWith(dispatcher, server.origin)).text();
  for (const round of [2, 3]) {
    state.stored = state.accepted = `Bearer ${round}`;
    const urls = Array.from({ length: 5 }, (_, index) => `${server.origin}/${index}`);
    assert.equal(
      await Promise.all(urls.map((url) => upload(dispatcher, url))),
      urls.map(() => "UPLOAD_REJECTED true"),
    );
    assert.equal(
      await Promise.all(urls.map((url) => upload(dispatcher, url))),
      urls.map(() => `200 ${48 * 65_536}`),
    );
    assert.is(state.fetches, round);
  }
  state.stored = state.accepted = "Bearer 4";
  const thrown = await undiciRequest(`${server.origin}/x`, {
    dispatcher,
    method: "POST",
    body: Readable.from(["a", "b"]),
  }).catch((error) => error);
  assert.is(thrown.code, "UPLOAD_REJECTED");
  assert.match(thrown.message, `${server.origin} rejected the credential of an upload; the secret has been renewed`);
  assert.match(thrown.remedy, /send the request again/);
  await agent.close();
  await server.close();
});

test("an upload that was to be sent again, and whose new secret is rejected too, gets the server's 401", async () => {
  const { state, server, agent, dispatcher } = await rotating();
  await (await fetchWith(dispatcher, server.origin)).text();
  state.accepted = "none";
  // A store that makes a new token each time it is asked, for a server that takes none of them.
  const answers: string[] = [];
  for (let round = 2; round < 6; round++) {
    state.stored = `Bearer ${round}`;
    answers.push(await upload(dispatcher, `${server.origin}/x`));
  }
  assert.equal(answers, ["UPLOAD_REJECTED true", "401 12", "UPLOAD_REJECTED true", "401 12"]);
  await agent.close();
  await server.close();
});

test("an upload that its client gave up is told of the next renewal as of the first", async () => {
  const clock = fakeClock();
  const { state, server, agent, dispatcher } = await rotating(undefined, clock);
  await (await fetchWith(dispatcher, server.origin)).text();
  for (const round of [2, 3]) {
    state.stored = state.accepted = `Bearer ${round}`;
    assert.is(await upload(dispatcher, `${server.origin}/x`), "UPLOAD_REJECTED true");
    await clock.advance(600_000);
  }
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
  const rejections: [string, (response: ServerResponse) => unknown][] = [
    ["gateway's 403", (response) => response.writeHead(403, { "content-type": "text/html" }).end("<h1>Forbidden</h1>")],
    ["long 403", (response) => response.writeHead(403).end("x".repeat(200_000))],
    ["login page", (response) => response.writeHead(200, { "content-type": "text/html" }).end("<form>")],
    ["redirect to a login", (response) => response.writeHead(302, { location: "/login" }).end()],
  ];
  for (const [name, refuse] of rejections) {
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
  const bound = boundAuth("a", () => ({ headers: { Authorization: new Secret("Bearer x") } }));
  const agent = new Agent();
  const dispatcher = agent.compose(
    createInterceptor(authorizerOver([{ uri: server.origin, auth: [bound] }]).authorizer, { clock }),
  );
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

test("early hints before a 401 do not keep the body from being sent again", async () => {
  const { state, server, agent, dispatcher } = await rotating((response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload" });
    response.writeHead(401).end();
  });
  await (await fetchWith(dispatcher, server.origin)).text();
  state.stored = state.accepted = "Bearer 2";
  async function* body() {
    yield Buffer.from("a");
    yield Buffer.from("b");
  }
  const answer = await undiciRequest(server.origin, { dispatcher, method: "POST", body: body() as never });
  assert.is(answer.statusCode, 200);
  assert.is(await answer.body.text(), "ab");
  await agent.close();
  await server.close();
});

test.run();
