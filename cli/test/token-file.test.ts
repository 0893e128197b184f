import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { tokenFromFile } from "../src/token-file.js";

const test = suite("whose token file is used");
const text = "a".repeat(32);
const isRoot = process.getuid?.() === 0;
/** The number of a user who is neither this one nor root. */
const ANOTHER = 4321;

let folder: string;
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "token-file-"));
});
test.after(() => rmSync(folder, { recursive: true }));

/** What comes of reading a file of this user's as another user would. */
async function readBy(uid: number, file: string): Promise<string> {
  const { getuid } = process;
  Object.assign(process, { getuid: () => uid });
  try {
    return (await tokenFromFile(file)).reveal();
  } catch (thrown) {
    return (thrown as Error).message;
  } finally {
    Object.assign(process, { getuid });
  }
}

test("a file of one's own is", async () => {
  const file = join(folder, "own");
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  assert.is((await tokenFromFile(file)).reveal(), text);
});

test("a file of another user's is not, though nobody else may read it", async () => {
  const file = join(folder, "another");
  writeFileSync(file, text, { mode: 0o600 });
  if (isRoot) chownSync(file, ANOTHER, ANOTHER);
  assert.match(await readBy(isRoot ? 0 : ANOTHER, file), /another belongs to somebody else$/);
});

test("a file of root's is, as where a pod mounts it", { user: "root" }, async () => {
  const file = join(folder, "roots");
  writeFileSync(file, text, { mode: 0o640 });
  assert.is(await readBy(ANOTHER, file), text);
});

test("where there is none, one for its owner alone is made, and is the same the next time", async () => {
  const file = join(folder, "new");
  const made = (await tokenFromFile(file)).reveal();
  assert.match(made, /^[\w-]{43}$/);
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.is(readFileSync(file, "utf8"), `${made}\n`);
  assert.is((await tokenFromFile(file)).reveal(), made);
});

test.run();
