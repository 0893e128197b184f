/** The threat model names a test for each row: they are there, and so is what else it links to. */
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

const test = suite("docs/security.md");
const place = new URL("../../docs/security.md", import.meta.url);
const text = readFileSync(place, "utf8");

interface Citation {
  readonly name: string;
  readonly file: URL;
  readonly title: string;
}

const citations: Citation[] = [...text.matchAll(/\[([\w.-]+\.test\.ts)\]\(([^)]+)\) “([^”]+)”/g)].map(
  ([, name = "", link = "", title = ""]) => ({ name, file: new URL(link, place), title }),
);

/** Literal letters that a title with placeholders must have, so that it does not stand for anything at all. */
const LEAST = 12;

/**
 * A title as the document has it: that of a test, of a test for each case of a table (with its placeholders, or with one case in
 * their place), or the name of a case.
 */
function isIn(source: string, title: string): boolean {
  const titles = [...source.matchAll(/\b(?:test|registered|asRoot)\(\s*("(?:[^"\\]|\\.)*"|`[^`]*`)/g)].map(
    ([, quoted = ""]) => quoted.slice(1, -1),
  );
  const named = titles.some((candidate) => {
    if (candidate === title) return true;
    const parts = candidate.split(/\$\{[^}]*\}/);
    if (parts.length === 1 || parts.join("").length < LEAST) return false;
    return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+")}$`).test(title);
  });
  return named || source.includes(`  "${title}": `);
}

/** The table of cases may stand in a file of its own beside the test. */
function sourceOf({ file }: Citation): string {
  const own = readFileSync(file, "utf8");
  const beside = [...own.matchAll(/from "(\.\/[\w-]+)\.[jt]s"/g)]
    .map(([, module]) => new URL(`${module}.ts`, file))
    .filter((candidate) => existsSync(candidate));
  return [own, ...beside.map((candidate) => readFileSync(candidate, "utf8"))].join("\n");
}

test("every test that it names exists", () => {
  assert.ok(citations.length > 50, `${citations.length} citations`);
  for (const citation of citations) {
    assert.is(basename(fileURLToPath(citation.file)), citation.name);
    assert.ok(existsSync(citation.file), citation.file.pathname);
    assert.ok(isIn(sourceOf(citation), citation.title), `${citation.name}: ${citation.title}`);
  }
});

test("every row of its tables names one", () => {
  const rows = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| --- "));
  const headings = rows.filter((line) => line.endsWith(" test |"));
  assert.ok(headings.length >= 9, `${headings.length} tables`);
  for (const row of rows) if (!headings.includes(row)) assert.match(row, /\.test\.ts\) “/);
});

test("what is written in those marks is always a citation", () => {
  assert.is(text.split("“").length - 1, citations.length);
});

test("a title that no test has is found out", () => {
  assert.ok(isIn('test("a thing holds", () => {', "a thing holds"));
  assert.ok(isIn("test(`${name}: a thing holds`, () => {", "a case: a thing holds"));
  assert.not(isIn('test("a thing holds", () => {', "a thing"));
  assert.not(isIn("test(`${name} ${says}`, () => {", "anything at all"));
});

test("what it and SECURITY.md link to exists", () => {
  for (const file of [place, new URL("../../SECURITY.md", import.meta.url)]) {
    for (const [, link = ""] of readFileSync(file, "utf8").matchAll(/\]\(([^)#]+)/g)) {
      if (!/^https?:/.test(link)) assert.ok(existsSync(new URL(link, file)), link);
    }
  }
});

test.run();
