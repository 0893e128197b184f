import { once } from "node:events";
import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import { request } from "undici";
import * as assert from "uvu/assert";
import { failure } from "./client-fixture.js";
import { type Dispatch, stage, turns } from "./dispatch-stage.js";

const test = suite("careless answers of plugins in a server's place");

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

test.run();
