import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { edgesOf, importsIn, sourceFiles, type When } from "./import-graph.ts";

const test = suite("reading imports");

/** With names of packages, for this file is read as well, and its paths would have to lead somewhere. */
const texts: Readonly<Record<string, readonly [specifier: string, when: When][]>> = {
  'import "a";': [["a", "now"]],
  'import a from "a";': [["a", "now"]],
  'import a, { b as c } from "a";': [["a", "now"]],
  'import * as a from "a/b";': [["a/b", "now"]],
  'import {\n  type A,\n  b,\n  // from "none"\n} from "a";': [["a", "now"]],
  'import { from } from "a";': [["a", "now"]],
  'import type from "a";': [["a", "now"]],
  'import data from "a" with { type: "json" };': [["a", "now"]],
  'import a from "a";\nimport b from "b";': [
    ["a", "now"],
    ["b", "now"],
  ],
  // The compiler keeps the import, without a name, under `verbatimModuleSyntax`.
  'import { type A } from "a";': [["a", "now"]],
  'import type { A } from "a";': [["a", "never"]],
  'import type A from "a";': [["a", "never"]],
  'import type * as a from "a";': [["a", "never"]],
  'export * from "a";': [["a", "now"]],
  'export { a, type B } from "a";': [["a", "now"]],
  'export type {\n  A,\n  B,\n} from "a";': [["a", "never"]],
  'const a = await import("a");': [["a", "later"]],
  'const all = [import("a"), import(\n  "b"\n)];': [
    ["a", "later"],
    ["b", "later"],
  ],
  'type A = typeof import("a");': [["a", "never"]],
  'const a = createRequire(import.meta.url)("a") as typeof import("a");': [
    ["a", "later"],
    ["a", "never"],
  ],
  // None of these is an import.
  'export const a = "from";\nexport function b(from = "a") {}': [],
  'export type A = "a" | "b";\nexport interface From { from: "a" }': [],
  'const a = `import a from "a";`;': [],
  '// import a from "a";\n/** import("a") */\n * from "a"': [],
  'import.meta.resolve("a");\nexport { a };\nconst b = "a";': [],
};

for (const [text, expected] of Object.entries(texts)) {
  test(text.replaceAll("\n", " "), () => {
    const found = importsIn(text).map(({ specifier, when }) => [specifier, when]);
    assert.equal(found, expected);
  });
}

test("the files of the repository are found, and what they import of each other too", () => {
  const files = sourceFiles();
  for (const file of ["core/src/index.ts", "plugins/vault/test/login.test.ts", "schema/generate/validator.ts"]) {
    assert.ok(files.includes(file), file);
  }
  const edges = edgesOf(["core/src/register.ts", "cli/src/commands/validate.ts", "test/imports/import-graph.test.ts"]);
  const found = edges.map(({ specifier, to }) => `${specifier} ${to}`);
  assert.ok(found.includes("@mlflow-auth/core/internal/config core/src/internal-config.ts"), found.join("\n"));
  assert.ok(found.includes("./open-authorizer.js core/src/open-authorizer.ts"));
  assert.ok(found.includes("@mlflow-auth/test/suite test/suite.ts"));
  assert.ok(found.includes("uvu/assert undefined"));
});

test.run();
