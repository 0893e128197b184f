import { once } from "node:events";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import { request } from "undici";
import * as assert from "uvu/assert";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { RequestAuthProvider } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { echoServer } from "../connection/echo-server.js";
import { boundAuth } from "../pipeline/authorizer-fixture.js";
import { fetchWith } from "./client-fixture.js";
import { clientOf } from "./signing-server.js";

const test = suite("careless plugins that answer requests");

type Dispatch = NonNullable<RequestAuthProvider["dispatch"]>;

async function stage(dispatch: Dispatch, respond?: Parameters<typeof echoServer>[0], getAuth = auth) {
  const server = await echoServer(respond);
  closeAfterwards(() => server.close());
  const bound = boundAuth("mock", getAuth);
  const listed = { ...bound, timeout: 1_000, provider: { ...bound.provider, dispatch } };
  return { server, ...clientOf([{ uri: server.origin, auth: [listed] }]) };
}

const auth: RequestAuthProvider["getAuth"] = () => ({ headers: { Authorization: new Secret("Bearer ours") } });

async function failure(sent: Promise<unknown>): Promise<string> {
  const thrown = await sent.then(
    () => assert.unreachable("it was answered"),
    (error) => (isMlflowAuthError(error) ? error : (error.cause ?? error)),
  );
  return isMlflowAuthError(thrown) ? `${thrown.code}: ${thrown.message}` : String(thrown);
}

const turns = async (count = 20) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("a client that gives up is told so at once, though the plugin never answers, or its body never goes on", async () => {
  async function* endless() {
    yield Buffer.from("x");
    await new Promise(() => {});
  }
  const never: Record<string, Dispatch> = {
    "no answer": () => new Promise(() => {}),
    "no body": () => ({ status: 200, body: endless() }),
    "a server's answer nobody reads": async (_request, next) => {
      await next();
      return await new Promise(() => {});
    },
  };
  for (const [name, dispatch] of Object.entries(never)) {
    const closed = Promise.withResolvers<void>();
    const { server, dispatcher } = await stage(dispatch, (_, response) => {
      response.on("close", () => closed.resolve());
      response.write("x".repeat(300_000));
    });
    const ending = new AbortController();
    const sent = request(server.origin, { dispatcher, signal: ending.signal }).then(({ body }) => body.text());
    setTimeout(() => ending.abort(), 50);
    assert.match(await failure(sent), /Abort/, name);
    // And the server, which may be at work for it still.
    if (server.received.length > 0) await closed.promise;
  }
});

test("one that neither answers nor asks the server is given up after its time-out, and told; the client's upload takes what it takes", async () => {
  let signal: AbortSignal | undefined;
  const { server, dispatcher, clock } = await stage(async (dispatched) => {
    signal = dispatched.signal;
    await turns(1);
    if (dispatched.method === "PUT") await dispatched.body();
    return await new Promise(() => {});
  });
  const pending = async () => {
    while (clock.pending === 0) await turns(1);
  };
  const hanging = failure(request(server.origin, { dispatcher }));
  await pending();
  await clock.advance(1_001);
  assert.match(await hanging, /^PLUGIN_TIMEOUT: plugin mock did not answer/);
  assert.ok(signal?.aborted);

  const source = new Readable({ read() {} });
  const body = (async function* () {
    yield* source;
  })();
  const slow = failure(request(server.origin, { dispatcher, method: "PUT", body: body as never }));
  await turns();
  assert.is(clock.pending, 0, "it waits for the client");
  source.push("x");
  source.push(null);
  await pending();
  await clock.advance(1_001);
  assert.match(await slow, /^PLUGIN_TIMEOUT/);
});

test("one that calls next and does not wait for it harms nothing, whenever the server's turn comes", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", note);
  const { promise: late, resolve: credential } = Promise.withResolvers<void>();
  const lateAuth: RequestAuthProvider["getAuth"] = async (asked) => {
    await late;
    return await auth(asked);
  };
  const closed = Promise.withResolvers<void>();
  for (const getAuth of [auth, lateAuth]) {
    const dispatch: Dispatch = (_request, next) => {
      next();
      return { status: 200, body: "at once" };
    };
    const { server, dispatcher } = await stage(
      dispatch,
      (_, response) => {
        response.on("close", () => closed.resolve());
        response.write("x".repeat(1_000_000));
      },
      getAuth,
    );
    const { body } = await request(server.origin, { dispatcher });
    assert.is(await body.text(), "at once");
    credential();
    // Its connection is not held by an answer that nobody takes.
    await turns();
    if (server.received.length > 0) await closed.promise;
  }
  process.off("unhandledRejection", note);
  assert.equal(unhandled, []);
});

test("whenever and however often one asks for the body, the server gets all of it, and what it does to its copy stays there", async () => {
  const asking: Record<string, Dispatch> = {
    twice: async ({ body }, next) => {
      const [one, two] = await Promise.all([body(), body()]);
      assert.equal(one, two);
      one?.fill(0);
      return await next();
    },
    "without waiting": ({ body }, next) => {
      body();
      return next();
    },
    "before and after": async ({ body }, next) => {
      const before = await body();
      const answer = await next();
      assert.equal(await body(), before);
      return answer;
    },
  };
  const text = "one two three";
  const bodies: Record<string, () => unknown> = {
    text: () => text,
    bytes: () => Buffer.from(text),
    "a Blob": () => new Blob([text], { type: "text/x-blob" }),
    "a stream": () => Readable.from(text.split(/(?<= )/).map((word) => Buffer.from(word))),
    "a generator": async function* () {
      for (const word of text.split(/(?<= )/)) yield Buffer.from(word);
    },
  };
  for (const [how, dispatch] of Object.entries(asking)) {
    const { server, dispatcher } = await stage(dispatch, ({ body }, response) => response.end(body));
    for (const [name, body] of Object.entries(bodies)) {
      const given = body();
      const sent = typeof given === "function" ? given() : given;
      const answer = await request(server.origin, { dispatcher, method: "PUT", body: sent as never });
      assert.is(await answer.body.text(), text, `${name}, ${how}`);
      const type = server.received.at(-1)?.headers["content-type"];
      assert.is(type, name === "a Blob" ? "text/x-blob" : undefined, `${name}, ${how}`);
      if (Buffer.isBuffer(given)) assert.is(given.toString(), text, "the program's own bytes");
    }
  }
});

test("one that asks for the body of a request that is on its way takes nothing of it, and is told why", async () => {
  const said: string[] = [];
  const { server, dispatcher } = await stage(
    async ({ body }, next) => {
      const answer = next();
      said.push(await failure(body()));
      return await answer;
    },
    ({ body }, response) => response.end(body),
  );
  const body = Readable.toWeb(Readable.from([Buffer.from("a"), Buffer.from("b")]));
  const answer = await fetchWith(dispatcher, server.origin, { method: "PUT", body, duplex: "half" });
  assert.is(await answer.text(), "ab");
  assert.match(said[0] as string, /^PLUGIN_RESULT: plugin mock asked for a body that next\(\) sends already/);
});

test("a client's body that breaks off is told as what it is, not as the plugin's failure", async () => {
  const { server, dispatcher } = await stage(async ({ body }) => ({ status: 200, body: (await body()) as Uint8Array }));
  async function* breaking() {
    yield Buffer.from("x");
    throw new Error("the client's own");
  }
  const sent = request(server.origin, { dispatcher, method: "PUT", body: breaking() as never });
  assert.match(await failure(sent), /the client's own/);
});

test("a server's answer that is made into a longer or shorter stream has no length of the old one", async () => {
  const dispatch: Dispatch = async (_request, next) => {
    const answer = await next();
    async function* doubled() {
      for await (const chunk of answer.body as AsyncIterable<Buffer>) yield Buffer.concat([chunk, chunk]);
    }
    return { ...answer, body: doubled() };
  };
  const { server, dispatcher } = await stage(dispatch, (_, response) => response.end("abc"));
  const { headers, body } = await request(server.origin, { dispatcher });
  assert.is(headers["content-length"], undefined);
  assert.is(await body.text(), "abcabc");
  const passed = await stage(
    (_request, next) => next(),
    (_, response) => response.end("abc"),
  );
  const whole = await request(passed.server.origin, { dispatcher: passed.dispatcher });
  assert.is(whole.headers["content-length"], "3");
  await whole.body.dump();
});

test("a HEAD is told the length that the plugin says, and what is text or bytes has its own", async () => {
  const { server, dispatcher } = await stage(({ method }) => ({
    status: 200,
    headers: { "Content-Length": "1000" },
    body: method === "HEAD" ? undefined : "abc",
  }));
  for (const [method, length] of [
    ["HEAD", "1000"],
    ["GET", "3"],
  ] as const) {
    const { headers, body } = await request(server.origin, { dispatcher, method });
    assert.is(headers["content-length"], length);
    await body.dump();
  }
});

test("headers that are no plain object are refused: those of a Response would all be missing", async () => {
  const { server, dispatcher } = await stage(() => new Response("text", { headers: { a: "b" } }) as never);
  assert.match(
    await failure(request(server.origin, { dispatcher })),
    /^PLUGIN_RESULT: .*headers that are not a plain object/,
  );
});

test("a stream that nobody will read is closed, and its failure is nobody's", async () => {
  const file = fileURLToPath(import.meta.url);
  const open: ReturnType<typeof createReadStream>[] = [];
  let cancelled = 0;
  const { promise: gone, resolve: go } = Promise.withResolvers<void>();
  const kinds: Record<string, [Dispatch, number | "aborted" | "refused"]> = {
    "of a HEAD": [() => ({ status: 200, body: opened() }), 200],
    "of a 304": [() => ({ status: 304, body: opened() }), 304],
    "of a file that is not there": [() => ({ status: 304, body: opened(`${file}.gone`) }), 304],
    "of the web": [() => ({ status: 304, body: new ReadableStream({ cancel: () => void cancelled++ }) }), 304],
    "of an answer that is refused": [() => ({ status: 99, body: opened() }), "refused"],
    "of an answer that comes too late": [
      async () => {
        await gone;
        return { status: 200, body: opened() };
      },
      "aborted",
    ],
  };
  function opened(path = file) {
    const stream = createReadStream(path);
    open.push(stream);
    return stream;
  }
  for (const [name, [dispatch, status]] of Object.entries(kinds)) {
    const { server, dispatcher } = await stage(dispatch);
    const ending = new AbortController();
    const method = name === "of a HEAD" ? "HEAD" : "GET";
    const sent = request(server.origin, { dispatcher, method, signal: ending.signal });
    if (status === "aborted") setImmediate(() => ending.abort());
    if (typeof status === "number") assert.is((await sent).statusCode, status, name);
    else assert.match(await failure(sent), status === "aborted" ? /Abort/ : /^PLUGIN_RESULT/, name);
  }
  go();
  await turns();
  assert.is(open.length, 5);
  for (const stream of open) if (!stream.closed) await once(stream, "close");
  assert.is(cancelled, 1);
});

test("what its stream fails with is not repeated: it may quote a credential", async () => {
  const { server, dispatcher } = await stage(() => ({
    status: 200,
    body: (async function* () {
      yield Buffer.from("x");
      throw new Error("not to be seen");
    })(),
  }));
  const { body } = await request(server.origin, { dispatcher });
  const said = await failure(body.text());
  assert.match(said, /^PLUGIN_FAILED: plugin mock failed with Error/);
});

test("it is shown the address without a client's own credential", async () => {
  const seen: string[] = [];
  const { server, dispatcher } = await stage(({ url }) => {
    seen.push(url.search);
    return { status: 200 };
  });
  const { body } = await request(`${server.origin}/x?API%5Fkey=theirs&a=b`, { dispatcher });
  await body.dump();
  const queried = await request(`${server.origin}/x`, { dispatcher, query: { api_key: "theirs", a: "b" } });
  await queried.body.dump();
  assert.equal(seen, ["?a=b", "?a=b"]);
});

test.run();
