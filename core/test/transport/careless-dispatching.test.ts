import { Readable } from "node:stream";
import { suite } from "@mlflow-auth/test/suite";
import { FormData, request } from "undici";
import * as assert from "uvu/assert";
import type { RequestAuthProvider } from "../../src/provider/provider.js";
import { failure, fetchWith } from "./client-fixture.js";
import { auth, type Dispatch, stage, turns } from "./dispatch-stage.js";

const test = suite("plugins that are careless with the requests that they are shown");

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

test("a form is not shown to a plugin that asks for it, of whichever package it is, and reaches the server", async () => {
  for (const form of [new globalThis.FormData(), new FormData()]) {
    form.set("a", "b");
    const shown: unknown[] = [];
    const { server, dispatcher } = await stage(
      async ({ body }, next) => {
        shown.push(await body());
        return await next();
      },
      ({ body }, response) => response.end(body),
    );
    const { body } = await request(server.origin, { dispatcher, method: "PUT", body: form as never });
    assert.match(await body.text(), /name="a"\r\n\r\nb\r\n/);
    assert.equal(shown, [undefined]);
  }
});

test("an address that undici refuses is the client's fault: the plugin is neither asked nor blamed", async () => {
  let asked = 0;
  const { server, dispatcher } = await stage(() => {
    asked++;
    return { status: 200 };
  });
  const sent = dispatcher.request({ origin: server.origin, path: "/x?a=b", method: "GET", query: { c: "d" } });
  assert.match(await failure(sent), /^TypeError: the path has a query/);
  assert.is(asked, 0);
});

test.run();
