/** What is exported says what a reader would have to ask otherwise (CONTRIBUTING.md, "Conventions"), right above its name. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

/** The formatter lets a declaration begin its line. `export { … }` and `export type { … }` pass on what is told elsewhere. */
const DECLARATION =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:(?:function\*?|class|interface|type|(?:const )?enum|const|let) (?<name>[\w$]+)|(?:const|let) [[{])/;

/** The numbers of the lines, from 1, that declare what has no docstring. The overloads of a function share their first one's. */
function undocumented(text: string): number[] {
  const lines = text.split("\n");
  const seen = new Set<string>();
  return lines.flatMap((line, index) => {
    const found = DECLARATION.exec(line);
    const name = found?.groups?.["name"] ?? line;
    if (found === null || seen.has(name)) return [];
    seen.add(name);
    return hasDocstring(lines, index) ? [] : [index + 1];
  });
}

/** Between the two only a word to the linter may stand. A docstring without a word is none. */
function hasDocstring(lines: readonly string[], index: number): boolean {
  let last = index - 1;
  while (lines[last]?.startsWith("// biome-ignore")) last--;
  if (!lines[last]?.endsWith("*/")) return false;
  const first = lines.slice(0, last + 1).findLastIndex((line) => line.startsWith("/*"));
  const comment = lines.slice(first, last + 1).join("\n");
  return comment.startsWith("/**") && comment.indexOf("*/") === comment.length - 2 && /\w/.test(comment);
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const test = suite("docstrings");

test("every exported declaration of the packages has one", () => {
  const generated = /(?:^|\/)(?:node_modules|generated)(?:\/|$)/;
  const files = globSync(["*/src/**/*.ts", "plugins/*/src/**/*.ts"], { cwd: root }).sort();
  const judged = files.filter((file) => !generated.test(file));
  assert.ok(judged.length > 100);
  const faults = judged.flatMap((file) =>
    undocumented(readFileSync(root + file, "utf8")).map((line) => `${file}:${line}: say what this is, above it`),
  );
  assert.ok(faults.length === 0, `\n${faults.join("\n")}`);
});

test("what is exported is found, and so is what stands above it", () => {
  const without = [
    "export function a(): void {}",
    "export async function* a() {}",
    "export abstract class A {}",
    "export const a = 1;",
    "export const { a } = b;",
    "export const enum A {}",
    "export default class A {}",
    "/** The file. */\n\nexport interface A {}",
    "/* No docstring. */\nexport type A = 1;",
    "// No docstring.\nexport type A = 1;",
    "/** */\nexport type A = 1;",
    "/** One. */\nconst a = 1; /* another */\nexport type A = 1;",
  ];
  for (const text of without) assert.equal(undocumented(text), [text.split("\n").length], text);
  const others = [
    "/** One. */\nexport type A = 1;",
    "/**\n * One.\n */\nexport interface A {}",
    "/** One. */\n// biome-ignore lint: a reason\nexport type A = 1;",
    "/** Both. */\nexport function a(b: 1): 1;\nexport function a(b: 2): 2;\nexport function a(b: number) {}",
    'export { a } from "./a.js";',
    'export type { A } from "./a.js";',
    "const a = 1;\nexport { a };",
    "/** One. */\nfunction a() {}",
  ];
  for (const text of others) assert.equal(undocumented(text), [], text);
});

test.run();
