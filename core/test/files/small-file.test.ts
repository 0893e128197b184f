import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { readSmallBytesSync, readSmallText, readSmallTextSync } from "../../src/files/small-file.js";
import { temporaryFolder } from "../discovery/plugin-packages.ts";

const test = suite("small files");
const folder = temporaryFolder();
const LIMIT = 64;
const isWindows = process.platform === "win32";

/** Makes a file and gives its path. */
type Make = () => string;

function written(name: string, content: string | Uint8Array): Make {
  return () => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
}

function link(name: string, target: Make): Make {
  return () => {
    symlinkSync(target(), join(folder, name));
    return join(folder, name);
  };
}

function inFolder(name: string): string {
  mkdirSync(join(folder, name));
  return join(folder, name);
}

function fifo(name: string): Make {
  return () => {
    execFileSync("mkfifo", [join(folder, name)]);
    return join(folder, name);
  };
}

const texts: Readonly<Record<string, readonly [make: Make, text: string]>> = {
  "a file": [written("file", "text\n"), "text\n"],
  "a file of the greatest size": [written("limit", "x".repeat(LIMIT)), "x".repeat(LIMIT)],
  "an empty file": [written("empty", ""), ""],
  "a byte order mark": [written("bom", "\uFEFFtext"), "text"],
  "characters of several bytes": [written("umlauts", "äöü…"), "äöü…"],
  "a symlink to a file": [link("to-file", written("target", "behind it")), "behind it"],
};

for (const [what, [make, text]] of Object.entries(texts)) {
  test(`${what} is read`, async () => {
    const path = make();
    const size = statSync(path).size;
    for (const read of [await readSmallText(path, LIMIT), readSmallTextSync(path, LIMIT)]) {
      assert.is("text" in read && read.text, text);
      assert.is(read.stats?.size, size);
    }
    const bytes = readSmallBytesSync(path, LIMIT);
    assert.is("bytes" in bytes && bytes.bytes.length, size);
  });
}

const faults: Readonly<Record<string, readonly [make: Make, reason: string, why: string]>> = {
  "nothing of that name": [() => join(folder, "gone"), "missing", "can't be read (ENOENT)"],
  "a name below a file": [() => join(written("flat", "")(), "below"), "missing", "can't be read (ENOTDIR)"],
  "a symlink to nothing": [link("to-nothing", () => join(folder, "gone")), "missing", "can't be read (ENOENT)"],
  "a folder": [() => inFolder("folder"), "irregular", "is not a regular file"],
  "a symlink to a folder": [link("to-folder", () => folder), "irregular", "is not a regular file"],
  "a byte too many": [written("large", "x".repeat(LIMIT + 1)), "too-large", "is larger than 64 bytes"],
  "bytes that are no text": [written("bytes", Buffer.from([0x41, 0xff, 0xfe])), "not-utf-8", "is not UTF-8 text"],
  ...(!isWindows && {
    "a FIFO that nobody writes": [fifo("fifo"), "irregular", "is not a regular file"],
    "a symlink to a FIFO": [link("to-fifo", fifo("fifo-target")), "irregular", "is not a regular file"],
    "an endless device": [() => "/dev/zero", "irregular", "is not a regular file"],
  }),
  // Its size is said to be 0, and it has as much as the environment of this process.
  ...(existsSync("/proc/self/environ") && {
    "a file that turns out to be larger than it said": [
      () => "/proc/self/environ",
      "too-large",
      "is larger than 64 bytes",
    ],
  }),
};

for (const [what, [make, reason, why]] of Object.entries(faults)) {
  test(`${what} is no text, and why is data`, async () => {
    const path = make();
    const all = [await readSmallText(path, LIMIT), readSmallTextSync(path, LIMIT)];
    for (const read of all) {
      assert.ok("reason" in read, "it was read");
      assert.equal([read.reason, read.why], [reason, why]);
    }
  });
}

if (!isWindows) {
  test("a file that may not be read is told from one that is missing", async () => {
    chmodSync(folder, 0o755);
    const path = written("unreadable", "x")();
    chmodSync(path, 0);
    for (const read of await asNobody(async () => [await readSmallText(path, LIMIT), readSmallTextSync(path, LIMIT)])) {
      assert.ok("reason" in read, "it was read");
      assert.equal([read.reason, read.code, read.why], ["unreadable", "EACCES", "can't be read (EACCES)"]);
    }
  });
}

/** Root may read everything, so it steps down for a moment. */
async function asNobody<T>(read: () => Promise<T>): Promise<T> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await read();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test("sizes are told in the unit that leaves no rest", () => {
  const path = written("sized", "x".repeat(4 * 1024 * 1024 + 1))();
  const why = (max: number) => {
    const read = readSmallTextSync(path, max);
    return "why" in read ? read.why : "it was read";
  };
  assert.is(why(64 * 1024), "is larger than 64 KiB");
  assert.is(why(4 * 1024 * 1024), "is larger than 4 MiB");
  assert.is(why(1_000), "is larger than 1000 bytes");
});

test("no file stays open, whatever was wrong with it", async () => {
  const lowestFree = () => {
    const descriptor = openSync(folder, "r");
    closeSync(descriptor);
    return descriptor;
  };
  const before = lowestFree();
  const rounds = 50;
  for (let round = 0; round < rounds; round++) {
    for (const path of [join(folder, "file"), join(folder, "large"), join(folder, "gone"), folder]) {
      await readSmallText(path, LIMIT);
      readSmallTextSync(path, LIMIT);
    }
  }
  // Something else of this process may open or close a few.
  assert.ok(lowestFree() < before + rounds / 2);
});

test.run();
