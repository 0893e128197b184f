import { Readable } from "node:stream";
import { suite } from "@mlflow-auth/test/suite";
import { request } from "undici";
import * as assert from "uvu/assert";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { RequestAuthProvider } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { echoServer } from "../connection/echo-server.js";
import { authorizerOver, boundAuth, boundTags } from "../pipeline/authorizer-fixture.js";
import { clientOf, failure, fetchWith } from "./client-fixture.js";

const test = suite("requests that a plugin answers");

type Dispatch = NonNullable<RequestAuthProvider["dispatch"]>;

function answering(dispatch: Dispatch) {
  const state = { credentials: 0 };
  const bound = boundAuth("mock", () => {
    state.credentials++;
    return { headers: { Authorization: new Secret("Bearer ours") } };
  });
  return { state, bound: { ...bound, provider: { ...bound.provider, dispatch } } };
}

const pieces = () => Readable.from([Buffer.from("one "), Buffer.from("two")]);

const answers: Record<string, () => NonNullable<Awaited<ReturnType<Dispatch>>>["body"]> = {
  text: () => "grüezi",
  bytes: () => new Uint8Array(Buffer.from("grüezi")),
  nothing: () => undefined,
  "a stream": pieces,
};

for (const [name, body] of Object.entries(answers)) {
  test(`a plugin answers with ${name} in the server's place, without a credential`, async () => {
    const server = await echoServer();
    const { bound, state } = answering(async ({ url, method, headers, body: sent }) => {
      assert.equal([url.href, method], [`${server.origin}/x?a=b`, "POST"]);
      assert.is(Buffer.from((await sent()) ?? []).toString(), "sent");
      const names = headers.map(([key]) => key.toLowerCase());
      assert.ok(names.includes("x-own"));
      for (const secret of ["authorization", "cookie", "x-api-key"]) assert.not.ok(names.includes(secret), secret);
      return {
        status: 201,
        headers: { "X-Answer": "a", "Set-Cookie": ["a=1", "b=2"], connection: "close" },
        body: body(),
      };
    });
    const { dispatcher } = clientOf([{ uri: server.origin, auth: [bound] }]);
    const headers = { "x-own": "1", authorization: "mine", cookie: "a=b", "x-api-key": "k" };
    const expected = name === "nothing" ? "" : name === "a stream" ? "one two" : "grüezi";
    const url = `${server.origin}/x?a=b`;
    const fetched = await fetchWith(dispatcher, url, { method: "POST", body: "sent", headers });
    assert.equal([fetched.status, fetched.statusText, fetched.headers.get("x-answer")], [201, "Created", "a"]);
    assert.equal(fetched.headers.getSetCookie(), ["a=1", "b=2"]);
    assert.is(fetched.headers.get("connection"), null);
    assert.is(await fetched.text(), expected);
    const plain = await request(url, { dispatcher, method: "POST", body: "sent", headers });
    assert.equal([plain.statusCode, plain.headers["x-answer"]], [201, "a"]);
    if (name !== "a stream") assert.is(Number(plain.headers["content-length"]), Buffer.byteLength(expected));
    assert.is(await plain.body.text(), expected);
    assert.equal([server.received.length, state.credentials], [0, 0]);
    await server.close();
  });
}

test("a HEAD and a 204 get no body, whatever the plugin gives", async () => {
  const { bound } = answering(({ method }) => ({ status: method === "HEAD" ? 200 : 204, body: "text" }));
  const { dispatcher } = clientOf([{ uri: "https://h.test", auth: [bound] }]);
  for (const method of ["HEAD", "GET"]) {
    const { body } = await request("https://h.test/x", { dispatcher, method: method as "GET" });
    assert.is(await body.text(), "");
  }
});

test("next sends the request as it would have been sent, and the server's answer reaches the client as it is", async () => {
  const server = await echoServer(({ body }, response) => {
    response.writeHead(203, { "x-a": "1", "set-cookie": ["a=1", "b=2"], "content-type": "text/x" });
    response.write("first ");
    setImmediate(() => response.end(body));
  });
  const { bound, state } = answering((_request, next) => next());
  const { dispatcher } = clientOf([
    { uri: server.origin, auth: [bound], tags: [boundTags("t", () => ({ team: "a" }))] },
  ]);
  const url = `${server.origin}/api/2.0/mlflow/runs/create`;
  const answer = await fetchWith(dispatcher, url, { method: "POST", body: "{}" });
  assert.equal(
    [answer.status, answer.headers.get("x-a"), answer.headers.getSetCookie().length, state.credentials],
    [203, "1", 2, 1],
  );
  assert.is(await answer.text(), 'first {"tags":[{"key":"team","value":"a"}]}');
  assert.is(server.received[0]?.headers.authorization, "Bearer ours");
  await server.close();
});

test("a body that the plugin has read still goes to the server, and one too long for it does, too", async () => {
  const server = await echoServer(({ body }, response) => response.end(String(body.length)));
  const known: (number | undefined)[] = [];
  const { bound } = answering(async ({ body }, next) => {
    known.push((await body())?.length);
    return await next();
  });
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [bound] }]);
  for (const [bytes, seen] of [
    [0, 0],
    [1_000, 1_000],
    [3_000_000, undefined],
  ] as const) {
    const body = Readable.toWeb(Readable.from(bytes === 0 ? [] : [Buffer.alloc(bytes, "x")]));
    const answer = await fetchWith(dispatcher, server.origin, { method: "PUT", body, duplex: "half" });
    assert.is(await answer.text(), String(bytes));
    assert.is(known.at(-1), seen);
  }
  await server.close();
});

test("a plugin may answer otherwise when the server is down or fails, and what it does not handle stays what it was", async () => {
  const gone = await echoServer();
  await gone.close();
  const failing = await echoServer((_, response) => response.writeHead(503).end("x".repeat(500_000)));
  const kind: Dispatch = async ({ url }, next) => {
    const answer = await next().catch((error) => {
      if (url.pathname === "/thrown") throw error;
      return { status: 0, headers: {}, body: "" };
    });
    return answer.status === 0 || answer.status >= 500 ? { status: 200, body: "not recorded" } : answer;
  };
  for (const { origin } of [gone, failing]) {
    const { dispatcher } = clientOf([{ uri: origin, auth: [answering(kind).bound] }]);
    assert.is(await (await fetchWith(dispatcher, `${origin}/x`)).text(), "not recorded");
  }
  const { dispatcher } = clientOf([{ uri: gone.origin, auth: [answering(kind).bound] }]);
  assert.match(await failure(fetchWith(dispatcher, `${gone.origin}/thrown`)), /^Error: connect ECONNREFUSED/);
  await failing.close();
});

const wrong: Record<string, [dispatch: Dispatch, says: RegExp]> = {
  throws: [
    () => {
      throw new Error("not to be seen");
    },
    /^PLUGIN_FAILED: plugin mock failed with Error/,
  ],
  "gives nothing": [() => undefined as never, /^PLUGIN_RESULT: plugin mock answered dispatch\(\) without a status/],
  "gives a wrong status": [() => ({ status: 700 }), /^PLUGIN_RESULT/],
  "gives an interim status": [() => ({ status: 101 }), /^PLUGIN_RESULT/],
  "breaks a header's line": [
    () => ({ status: 200, headers: { a: "b\r\nnot-to-be: seen" } }),
    /^PLUGIN_RESULT: .*a header that HTTP does not allow/,
  ],
  "names a header wrongly": [() => ({ status: 200, headers: { "a b": "not to be seen" } }), /^PLUGIN_RESULT/],
  "gives an object as the body": [() => ({ status: 200, body: {} as never }), /^PLUGIN_RESULT: .*with a body that is/],
  "sends it twice": [
    async (_request, next) => {
      await next();
      return await next();
    },
    /^PLUGIN_RESULT: plugin mock called next\(\) a second time/,
  ],
};

for (const [name, [dispatch, says]] of Object.entries(wrong)) {
  test(`a plugin that ${name} makes an error of its own, and no answer`, async () => {
    const server = await echoServer();
    const { dispatcher } = clientOf([{ uri: server.origin, auth: [answering(dispatch).bound] }]);
    const said = await failure(fetchWith(dispatcher, server.origin));
    assert.match(said, says);
    assert.not.match(said, /not.to.be/);
    await server.close();
  });
}

test("a body that breaks off in the middle breaks off for the client", async () => {
  async function* breaking() {
    yield Buffer.from("one");
    throw new Error("broken");
  }
  const { bound } = answering(() => ({ status: 200, body: breaking() }));
  const { dispatcher } = clientOf([{ uri: "https://h.test", auth: [bound] }]);
  const answer = await fetchWith(dispatcher, "https://h.test/x");
  assert.match(await failure(answer.text()), /^PLUGIN_FAILED: plugin mock failed with Error/);
});

test("a client that gives up ends the plugin's work and the request to the server", async () => {
  const closed = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const server = await echoServer((_, response) => {
    response.on("close", () => closed.resolve());
    response.writeHead(200).write("x");
    arrived.resolve();
  });
  let signal: AbortSignal | undefined;
  const { bound } = answering(async (dispatched, next) => {
    signal = dispatched.signal;
    const answer = await next();
    return { ...answer, body: answer.body as never };
  });
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [bound] }]);
  const ending = new AbortController();
  const answer = await fetchWith(dispatcher, server.origin, { signal: ending.signal });
  await arrived.promise;
  ending.abort();
  assert.match(await failure(answer.text()), /Abort/);
  await closed.promise;
  assert.ok(signal?.aborted);

  const waiting = answering(
    ({ signal: given }) => new Promise((_, reject) => given.addEventListener("abort", () => reject(given.reason))),
  );
  const second = clientOf([{ uri: server.origin, auth: [waiting.bound] }]).dispatcher;
  const soon = new AbortController();
  const sent = failure(fetchWith(second, server.origin, { signal: soon.signal }));
  setImmediate(() => soon.abort());
  assert.match(await sent, /Abort/);
  await server.close();
});

test("a slow client holds up the server, and not the memory in between", async () => {
  let written = 0;
  const server = await echoServer((_, response) => {
    const more = () => {
      let isTaken = true;
      for (; isTaken && written < 64 * 1024 * 1024; written += 64 * 1024)
        isTaken = response.write(Buffer.alloc(64 * 1024));
      if (isTaken) response.end();
      else response.once("drain", more);
    };
    response.on("error", () => undefined);
    more();
  });
  const { bound } = answering((_request, next) => next());
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [bound] }]);
  const { body } = await request(server.origin, { dispatcher });
  let before = -1;
  // It comes to a stand: what the buffers of the system hold is all that goes.
  for (let same = 0; same < 20; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    same = written === before ? same + 1 : 0;
    before = written;
  }
  assert.ok(written > 0 && written < 32 * 1024 * 1024, String(written));
  body.on("error", () => undefined).destroy();
  await server.close();
});

test("two plugins that answer for one server are refused", () => {
  const { bound } = answering(() => ({ status: 200 }));
  assert.throws(
    () => authorizerOver([{ uri: "https://h.test", auth: [bound, { ...bound, instance: "second" }] }]),
    (error: unknown) => isMlflowAuthError(error) && /plugins mock and second both have `dispatch`/.test(error.message),
  );
});

test("requests to other servers and to unlisted ones are not shown to it", async () => {
  const server = await echoServer();
  const { bound } = answering(() => Promise.reject(new Error("it was asked")));
  const { dispatcher } = clientOf([{ uri: `${server.origin}/mock`, auth: [bound] }]);
  assert.is((await fetchWith(dispatcher, `${server.origin}/elsewhere`)).status, 200);
  await server.close();
});

test.run();
