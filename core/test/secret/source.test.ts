import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { SecretSource } from "../../src/secret/secret.js";
import { environmentSource, fileSource, textSource } from "../../src/secret/secret.js";
import { temporaryFolder } from "../discovery/plugin-packages.ts";

const test = suite("secret sources");
const folder = temporaryFolder();
const file = join(folder, "secret");

async function refusal(source: SecretSource): Promise<string> {
  try {
    await source.read();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    assert.is(code, "SECRET_SOURCE");
    return message;
  }
  throw new Error("it was read");
}

test("a text prints as its origin alone", async () => {
  const source = textSource("the-text", "the configuration file");
  assert.is((await source.read()).reveal(), "the-text");
  assert.not.match(inspect(source, { showHidden: true, depth: 9 }) + JSON.stringify(source), "the-text");
});

test("a variable is looked up at each read", async () => {
  const env: Record<string, string> = {};
  const source = environmentSource("TOKEN", env);
  assert.is(await refusal(source), "the variable TOKEN is not set");
  env["TOKEN"] = " ";
  assert.is(await refusal(source), "the variable TOKEN is empty");
  env["TOKEN"] = "x";
  assert.is((await source.read()).reveal(), "x");
});

test("a variable is known to count before it is read", () => {
  const asked: (string | symbol)[] = [];
  const has = (_: object, name: string | symbol) => asked.push(name) > 0;
  environmentSource("TOKEN", new Proxy({}, { has }));
  assert.equal(asked, ["TOKEN"]);
});

test("a variable that an exec around the program took out is told so, until somebody sets it again", async () => {
  const env: Record<string, string> = { MLFLOW_AUTH_REMOVED: "A,TOKEN" };
  const source = environmentSource("TOKEN", env);
  const by = "was taken out of the environment by the `mlflow-auth exec` around this program";
  assert.is(await refusal(source), `the variable TOKEN ${by}`);
  assert.is(await refusal(environmentSource("A", env)), `the variable A ${by}`);
  assert.is(await refusal(environmentSource("TOK", env)), "the variable TOK is not set");
  env["TOKEN"] = "set";
  assert.is((await source.read()).reveal(), "set");
});

test("a file is read anew each time and trimmed, also when it is exchanged as Kubernetes does", async () => {
  mkdirSync(join(folder, "one"));
  mkdirSync(join(folder, "two"));
  writeFileSync(join(folder, "one/token"), "first\n");
  writeFileSync(join(folder, "two/token"), "\r\n second \n");
  symlinkSync("one", join(folder, "data"));
  symlinkSync("data/token", join(folder, "token"));
  const source = fileSource(join(folder, "token"));
  assert.is((await source.read()).reveal(), "first");
  symlinkSync("two", join(folder, "new"));
  renameSync(join(folder, "new"), join(folder, "data"));
  assert.is((await source.read()).reveal(), "second");
});

const refused: Record<string, [() => string, string]> = {
  "a file that does not exist": [() => join(folder, "gone"), "can't be read (ENOENT)"],
  "a folder": [() => folder, "is not a regular file"],
  "an empty file": [() => written(" \n"), "is empty"],
  "a file of 64 KiB and a byte": [() => written("x".repeat(64 * 1024 + 1)), "is larger than 64 KiB"],
  "bytes that are no text": [() => written(Buffer.from([0xff, 0xfe, 0x41])), "is not UTF-8 text"],
  ...(process.platform !== "win32" && {
    "a FIFO": [fifo, "is not a regular file"],
    "a device": [() => "/dev/zero", "is not a regular file"],
  }),
};

function written(content: string | Uint8Array): string {
  writeFileSync(file, content);
  return file;
}

function fifo(): string {
  execFileSync("mkfifo", [join(folder, "fifo")]);
  return join(folder, "fifo");
}

for (const [what, [make, why]] of Object.entries(refused)) {
  test(`${what} is refused by name`, async () => {
    const path = make();
    assert.is(await refusal(fileSource(path)), `the file ${path} ${why}`);
  });
}

test.run();
