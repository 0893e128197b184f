import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createQueue, longestFirst } from "../../scripts/test/order.ts";
import { selectFiles } from "../../scripts/test/select-files.ts";

const test = suite("which test files run, and in which order");
const root = fileURLToPath(new URL("../..", import.meta.url));
const all = selectFiles(root, []);
const inside = (folder: string) => all.filter((file) => file.startsWith(folder));

for (const [word, folder] of [
  ["core", "core/"],
  ["core/", "core/"],
  ["@mlflow-auth/core", "core/"],
  ["mlflow-auth", "cli/"],
  ["plugins/vault", "plugins/vault/"],
  ["@mlflow-auth/plugin-vault", "plugins/vault/"],
  ["test/e2e/", "test/e2e/"],
] as const) {
  test(`${word} means what is in ${folder}, and nothing else`, () => {
    assert.ok(inside(folder).length > 0);
    assert.equal(selectFiles(root, [word]), inside(folder));
  });
}

test("any other word means the paths that contain it, a package's without tests, too", () => {
  assert.ok(selectFiles(root, ["redirects"]).every((file) => file.includes("redirects")));
  assert.equal(
    selectFiles(root, ["demo"]),
    all.filter((file) => file.includes("demo")),
  );
  assert.equal(selectFiles(root, ["no such thing"]), []);
});

test("folders add up, words add up, and both together mean such paths in such folders", () => {
  assert.equal(selectFiles(root, ["core", "proxy"]), [...inside("core/"), ...inside("proxy/")]);
  const both = selectFiles(root, ["core", "proxy", "run-tags", "redirects"]);
  assert.ok(both.length >= 3);
  assert.ok(both.every((file) => /^(core|proxy)\/.*(run-tags|redirects)/.test(file)));
});

test("what took longest runs first, and what never ran as its folder lets expect", () => {
  const files = ["core/test/a.test.ts", "test/packages/b.test.ts", "core/test/c.test.ts"];
  assert.equal(longestFirst(files, { "core/test/c.test.ts": 100 }), [files[2], files[1], files[0]]);
});

test("two files at a time borrow a server, as long as there is something else to run", () => {
  const queue = createQueue(["test/e2e/1", "test/e2e/2", "test/e2e/3", "core/4", "test/e2e/5"]);
  assert.equal([queue.next(), queue.next(), queue.next()], ["test/e2e/1", "test/e2e/2", "core/4"]);
  queue.done("test/e2e/2");
  assert.equal([queue.next(), queue.next(), queue.next()], ["test/e2e/3", "test/e2e/5", undefined]);
});

test.run();
