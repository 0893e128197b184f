import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { keepBody } from "../../src/transport/kept-body.js";
import { assertClosed, namelessFiles } from "./nameless-files.ts";

const test = suite("bodies that are kept until they are signed");

/** A folder of this test's own, where nobody else leaves files meanwhile. */
process.env.TMPDIR = mkdtempSync(join(tmpdir(), "mlflow-auth-kept-"));

const MiB = 1024 * 1024;
const spooling = { signing: { instance: "signer", longBodies: "spool" }, server: "https://h.test" } as const;
const refusing = { ...spooling, signing: { instance: "signer", longBodies: "refuse" } } as const;

/** Pieces of one buffer that is filled anew for each, as some sources do it. */
async function* pieces(count: number, size = 256 * 1024): AsyncGenerator<Buffer> {
  const piece = Buffer.alloc(size);
  for (let index = 0; index < count; index++) yield piece.fill(index);
}

async function failure(kept: Promise<unknown>): Promise<string> {
  const thrown = await kept.then(
    () => assert.unreachable("it was kept"),
    (error) => error,
  );
  if (!isMlflowAuthError(thrown)) return String(thrown);
  return `${thrown.code} ${thrown.transient}: ${thrown.message}. Try this: ${thrown.remedy}`;
}

test("a short stream is kept in memory, a long one in a file without a name that nobody else can open", async () => {
  const short = await keepBody(pieces(4), spooling);
  assert.is(short.length, MiB);
  assert.equal(namelessFiles(), []);
  const whole = Buffer.concat(Array.from({ length: 8 }, (_, index) => Buffer.alloc(256 * 1024, index)));
  const long = await keepBody(pieces(8), spooling);
  assert.is(namelessFiles().length, 1);
  assert.equal(readdirSync(tmpdir()), []);
  assert.is(statSync(`/proc/self/fd/${namelessFiles()[0]?.descriptor}`).mode & 0o777, 0o600);
  assert.is(long.length, 2 * MiB);
  for (const body of [long.body, long.again().body]) assert.ok((await buffer(body as never)).equals(whole));
  long.release();
  await assertClosed();
});

test("the file is closed once nobody reads it, and not before", async () => {
  const kept = await keepBody(pieces(8), spooling);
  const reader = (kept.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  await reader.next();
  kept.release();
  assert.is(namelessFiles().length, 1);
  let bytes = 64 * 1024;
  for (let step = await reader.next(); !step.done; step = await reader.next()) bytes += step.value.length;
  assert.is(bytes, 2 * MiB);
  await assertClosed();
  kept.release();
});

test("a source that fails leaves no file, and its own error is told", async () => {
  for (const count of [1, 8]) {
    async function* breaking() {
      yield* pieces(count);
      throw new Error("the client went away");
    }
    assert.is(await failure(keepBody(breaking(), spooling)), "Error: the client went away");
    assert.equal(namelessFiles(), []);
  }
});

test("what is too long for the plugin is refused, by its declared length as soon as it begins", async () => {
  let read = 0;
  let isOver = false;
  async function* counted() {
    try {
      for await (const piece of pieces(8)) {
        read++;
        yield piece;
      }
    } finally {
      isOver = true;
    }
  }
  const says =
    /^BODY_UNSIGNABLE false: a request to https:\/\/h\.test was not sent, for signer must sign its whole body: it is longer than 1 MiB.* Try this: send it as bytes/;
  assert.match(await failure(keepBody(counted(), { ...refusing, length: 2 * MiB })), says);
  assert.is(read, 1);
  assert.match(await failure(keepBody(counted(), refusing)), says);
  assert.is(read, 1 + 5);
  assert.ok(isOver, "the source is told that nobody wants the rest");
  const inOnePiece = await keepBody(pieces(1, 2 * MiB), { ...refusing, length: 2 * MiB });
  assert.is(inOnePiece.length, 2 * MiB);
  assert.is((await keepBody(Buffer.alloc(2 * MiB), refusing)).length, 2 * MiB);
});

test("a body of a kind that nobody can read is not sent without a signature", async () => {
  assert.match(await failure(keepBody({}, spooling)), /^BODY_UNSIGNABLE .*it is of a kind that can't be read/);
});

/** Runs in a process with a folder for temporary files of its own, and with its own limits. */
function keepElsewhere(folder: string, limit = ""): string {
  const script = `
    const { keepBody } = await import(${JSON.stringify(new URL("../../dist/transport/kept-body.js", import.meta.url).href)});
    async function* long() { for (let i = 0; i < 64; i++) yield Buffer.alloc(65536, "x"); }
    const options = { signing: { instance: "signer", longBodies: "spool" }, server: "https://h.test" };
    await keepBody(long(), options).then(
      () => console.log("kept"),
      ({ code, transient, message, remedy }) => console.log(code, transient, message, "Try this:", remedy),
    );
  `;
  const file = join(mkdtempSync(join(tmpdir(), "keep-")), "keep.mjs");
  writeFileSync(file, script);
  const env = { ...process.env, TMPDIR: folder, NODE_OPTIONS: "" };
  const { stdout, stderr } = spawnSync("bash", ["-c", `${limit} exec "$0" "$1"`, process.execPath, file], { env });
  return `${stdout}${stderr}`.trim();
}

test("a folder that can't hold a temporary file, or not all of it, is named with the reason and the remedy", () => {
  assert.is(keepElsewhere(tmpdir()), "kept");
  const base = mkdtempSync(join(tmpdir(), "base-"));
  const gone = join(base, "gone");
  const missing = keepElsewhere(gone);
  assert.ok(missing.startsWith("BODY_UNSIGNABLE false a request to https://h.test was not sent"), missing);
  assert.ok(missing.includes(`${gone} could not hold its temporary file (there is no such folder)`), missing);
  assert.ok(missing.endsWith("Try this: make room there, or name another folder in TMPDIR"), missing);
  const full = keepElsewhere(base, "ulimit -f 2048;");
  assert.ok(full.includes(`${base} could not hold its temporary file (files may not be so large)`), full);
  assert.equal(readdirSync(base), [], "nothing is left behind");
});

test.run();
