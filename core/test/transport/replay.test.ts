import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { replayable } from "../../src/transport/replay.js";

const test = suite("a body that may go out twice");
type Chunks = AsyncIterable<Uint8Array | string>;

/** A source of these chunks that notes whether it was closed before its end. */
function source(...chunks: (Uint8Array | string)[]) {
  const state = { closed: false, given: 0 };
  async function* generate() {
    try {
      for (const chunk of chunks) {
        state.given++;
        yield chunk;
      }
    } finally {
      state.closed = state.given < chunks.length;
    }
  }
  return { state, body: generate() };
}

async function all(body: unknown): Promise<string> {
  let text = "";
  for await (const chunk of body as Chunks) text += Buffer.from(chunk as Uint8Array).toString();
  return text;
}

const next = (body: unknown) => (body as Chunks)[Symbol.asyncIterator]().next();

test("the second reader starts from the first chunk, and goes on where the first left off", async () => {
  const { body, state } = source("a", "b", "c");
  const replay = replayable(body);
  await next(replay.body);
  assert.is(await all(replay.again()?.body), "abc");
  assert.is(state.given, 3);
});

test("there is a second reader once, and none after a release", async () => {
  const replay = replayable(source("a").body);
  assert.ok(replay.again());
  assert.is(replay.again(), undefined);
  const released = replayable(source("a").body);
  released.release();
  assert.is(released.again(), undefined);
});

test("the first reader is cut off where it stands once the second may come", async () => {
  const replay = replayable(source("a", "b").body);
  const first = (replay.body as Chunks)[Symbol.asyncIterator]();
  await first.next();
  const second = replay.again();
  const cut = await first.next().then(
    () => "it went on",
    (error: Error) => error.message,
  );
  assert.is(cut, "the body goes out again with another credential");
  assert.is(await all(second?.body), "ab");
});

test("a source is closed by the last reader that gives up, and by no other", async () => {
  for (const [release, closed] of [
    [true, true],
    [false, false],
  ] as const) {
    const { body, state } = source("a", "b", "c");
    const replay = replayable(body);
    for await (const _ of replay.body as Chunks) {
      if (release) replay.release();
      break;
    }
    assert.is(state.closed, closed);
  }
  const { body, state } = source("a", "b", "c");
  const second = replayable(body).again() as { body: unknown };
  for await (const _ of second.body as Chunks) break;
  assert.is(state.closed, true);
});

test("a MiB can be sent again, and a byte more can't, though all of it passes once", async () => {
  const MIB = 1024 * 1024;
  const exact = replayable(source(Buffer.alloc(MIB, "x")).body);
  assert.is((await all(exact.body)).length, MIB);
  assert.is((await all(exact.again()?.body)).length, MIB);
  const larger = replayable(source(Buffer.alloc(MIB, "x"), "y").body);
  assert.is((await all(larger.body)).length, MIB + 1);
  assert.is(larger.again(), undefined);
});

test("one chunk that is the whole body can be sent again however long it is, and two can't", async () => {
  const MIB = 1024 * 1024;
  const single = replayable(source(Buffer.alloc(3 * MIB, "x")).body, () => 3 * MIB);
  assert.is((await all(single.body)).length, 3 * MIB);
  assert.is((await all(single.again()?.body)).length, 3 * MIB);
  for (const [chunks, length] of [
    [[Buffer.alloc(3 * MIB)], undefined],
    [[Buffer.alloc(3 * MIB)], 4 * MIB],
    [[Buffer.alloc(MIB), Buffer.alloc(2 * MIB)], 2 * MIB],
  ] as const) {
    const several = replayable(source(...chunks).body, () => length);
    await all(several.body);
    assert.is(several.again(), undefined);
  }
});

test("texts, bytes and lists are sent again as they are, Node's streams are not", () => {
  for (const body of [
    "text",
    Buffer.from("x"),
    new Uint8Array(1).buffer,
    new Blob(["x"]),
    new FormData(),
    ["a", "b"],
  ]) {
    const replay = replayable(body);
    assert.is(replay.body, body);
    assert.is(replay.again()?.body, body);
  }
  const stream = Object.assign(source("a").body, { pipe: () => undefined });
  assert.is(replayable(stream).body, stream);
  assert.is(replayable(stream).again(), undefined);
  const iterator = ["a"].values();
  assert.is(replayable(iterator).again(), undefined);
  assert.equal(replayable(null).again(), { body: undefined });
});

test.run();
