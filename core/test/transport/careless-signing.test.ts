import { Readable } from "node:stream";
import { suite } from "@mlflow-auth/test/suite";
import { request } from "undici";
import * as assert from "uvu/assert";
import { clientOf } from "./client-fixture.js";
import { assertClosed } from "./nameless-files.ts";
import { signer, signingServer } from "./signing-server.js";

const test = suite("signed requests of careless clients");

const headers: Record<string, unknown> = {
  "null, which undici sends as an empty text": { "x-a": null },
  "a list with null": { "x-a": ["a", null] },
  "a number": { "x-a": 5 },
  "white space around it, which no server sees": { "x-a": " \t a  b\t" },
  "letters of Latin-1": { "x-a": "é" },
  "one name twice": ["X-A", "1", "x-a", "2"],
  "an iterator, which can be read once": new Map([["X-A", "1"]]).entries(),
};

for (const [name, given] of Object.entries(headers)) {
  test(`what is signed is what arrives of a header's value: ${name}`, async () => {
    const server = await signingServer();
    const { dispatcher } = clientOf([{ uri: server.origin, auth: [signer({ stored: 1 }).bound] }]);
    const { statusCode, body } = await request(server.origin, { dispatcher, headers: given as never });
    await body.dump();
    assert.is(statusCode, 200, server.received[0]?.verdict);
    assert.not.match(JSON.stringify(server.received[0]?.headers), "null");
  });
}

test("a value that undici refuses is refused, not sent as another", async () => {
  const server = await signingServer();
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [signer({ stored: 1 }).bound] }]);
  for (const value of [{}, [{}]]) {
    const sent = request(server.origin, { dispatcher, headers: { "x-a": value as never } });
    assert.match(await sent.then(() => "sent", String), /TypeError|InvalidArgument/);
  }
  assert.is(server.received.length, 0);
});

test("a header that only looks like the length or the type leaves neither unsigned", async () => {
  const server = await signingServer();
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [signer({ stored: 1 }).bound] }]);
  const streamed = () => Readable.from([Buffer.from("abc")]);
  for (const body of ["abc", streamed(), new Blob(["abc"], { type: "text/x" })]) {
    const answer = await request(server.origin, {
      dispatcher,
      method: "PUT",
      body: body as never,
      headers: { content_length: "7", content_type: "a/b" },
    });
    await answer.body.dump();
    assert.is(answer.statusCode, 200, server.received.at(-1)?.verdict);
    assert.is(server.received.at(-1)?.headers["content-length"], "3");
  }
});

test("a client that gives up while its body is kept, or is signed, is told at once and leaves no file", async () => {
  const server = await signingServer();
  const { promise: late, resolve: end } = Promise.withResolvers<void>();
  async function* slow() {
    for (let piece = 0; piece < 3; piece++) yield Buffer.alloc(1_000_000);
    await late;
  }
  async function* long() {
    for (let piece = 0; piece < 3; piece++) yield Buffer.alloc(1_000_000);
  }
  const { promise: signing, resolve: signs } = Promise.withResolvers<void>();
  const hang = () => {
    signs();
    return new Promise<never>(() => {});
  };
  const hanging = signer({ stored: 1 }, { signRequest: hang });
  for (const [body, bound, when] of [
    [slow(), signer({ stored: 1 }).bound, new Promise((resolve) => setTimeout(resolve, 50))],
    [long(), hanging.bound, signing],
  ] as const) {
    const { dispatcher, clock } = clientOf([{ uri: server.origin, auth: [bound] }]);
    const ending = new AbortController();
    const sent = request(server.origin, { dispatcher, method: "PUT", body: body as never, signal: ending.signal });
    void when.then(() => ending.abort());
    assert.match(await sent.then(() => "sent", String), /Abort/);
    end();
    await clock.advance(15_001);
    await assertClosed();
  }
  assert.is(server.received.length, 0);
});

test.run();
