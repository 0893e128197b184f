/** Every link within the repository leads somewhere, and every anchor to a heading. */
import { existsSync, globSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { anchorsOf, linksOf, markdownFiles, readMarkdown, root } from "./markdown.ts";

const test = suite("links in the documentation");

/** What is wrong with a link of a file; undefined if it leads where it says. */
function faultOf(file: string, link: string): string | undefined {
  if (/^[a-z]+:/i.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? file : join(dirname(file), decodeURI(path));
  if (!existsSync(root + target)) return `${link}: there is no ${target}`;
  if (anchor === undefined) return undefined;
  if (statSync(root + target).isDirectory()) return `${link}: a folder has no anchors`;
  return anchorsOf(readMarkdown(target)).has(anchor) ? undefined : `${link}: ${target} has no such heading`;
}

for (const file of markdownFiles()) {
  test(file, () => {
    const faults = linksOf(readMarkdown(file)).flatMap((link) => faultOf(file, link) ?? []);
    assert.equal(faults, []);
  });
}

/** A package is unpacked without what lies around it in this repository. */
test("no README of a package links to what is not in the package", () => {
  const readmes = globSync("{core,cli,proxy,schema,stub,plugins/*}/{,*/}README.md", { cwd: root });
  assert.ok(readmes.length > 8);
  for (const readme of readmes) {
    const [folder = ""] = /^(plugins\/)?[^/]+\//.exec(readme) ?? [];
    const links = linksOf(readMarkdown(readme)).filter((link) => !/^([a-z]+:|#)/i.test(link));
    const outside = links.filter((link) => !join(dirname(readme), link).startsWith(folder));
    assert.equal(outside, [], readme);
  }
});

test("a link that leads nowhere is found out", () => {
  assert.ok(faultOf("README.md", "docs/no-such-guide.md"));
  assert.ok(faultOf("README.md", "docs/errors.md#no-such-heading"));
  assert.is(faultOf("README.md", "docs/errors.md#exit-codes"), undefined);
  assert.is(faultOf("docs/errors.md", "https://example.com"), undefined);
});

test("every guide is reached from the index", () => {
  const index = linksOf(readMarkdown("docs/README.md")).map((link) => join("docs", link.split("#")[0] ?? ""));
  for (const file of markdownFiles()) {
    if (file.startsWith("docs/") && file !== "docs/README.md") assert.ok(index.includes(file), file);
  }
});

test("every guide is one step from the README", () => {
  const links = linksOf(readMarkdown("README.md"));
  const guides = markdownFiles().filter((file) => file.startsWith("docs/guides/"));
  assert.ok(guides.length > 20);
  assert.equal(
    guides.filter((file) => !links.includes(file)),
    [],
  );
});

test.run();
