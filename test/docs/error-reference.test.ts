/** The table of error codes, what the packages raise, and docs/errors.md are about the same codes. */
import { globSync, readFileSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { codes } from "../../core/src/errors/codes.ts";
import { explanations } from "../../schema/generate/error-explanations.ts";
import { generateErrorReference } from "../../schema/generate/error-reference.ts";
import { root } from "./markdown.ts";

const test = suite("the error reference");

/** Where an error or a problem is made; the table itself is not among them. */
const sources = globSync("{core,cli,proxy,schema,plugins/*}/src/**/*.ts", { cwd: root })
  .filter((file) => !file.includes("/generated/") && !file.endsWith("errors/codes.ts"))
  .map((file) => ({ file, text: readFileSync(root + file, "utf8") }));

/** The ways in which a code is given to what it describes; an error of Node's own class has codes of other people. */
const raised =
  /(?:\bMlflowAuthError|\bcontext\.error|\bproblems\.add|\bwarnings\.add)\(\s*"([A-Z_]+)"|(?<!new Error\(.*)\bcode: "([A-Z_]+)"/g;

test("every code that is raised is in the table", () => {
  const found = sources.flatMap(({ file, text }) =>
    Array.from(text.matchAll(raised), ([, first, second]) => ({ file, code: String(first ?? second) })),
  );
  assert.ok(found.length > 50, `${found.length} places`);
  assert.equal(
    found.filter(({ code }) => !Object.hasOwn(codes, code)),
    [],
  );
});

test("every code of the table is raised somewhere", () => {
  const unused = Object.keys(codes).filter((code) => !sources.some(({ text }) => text.includes(`"${code}"`)));
  assert.equal(unused, []);
});

test("every code has a meaning, a usual cause and a remedy, in whole sentences", () => {
  const explained = Object.assign({}, ...explanations.map((group) => group.codes));
  assert.equal(Object.keys(explained).sort(), Object.keys(codes).sort());
  for (const [code, meaning] of Object.entries(codes)) {
    const [cause, remedy] = explained[code];
    for (const sentence of [meaning, cause, remedy]) assert.match(sentence, /^[A-Z`].{10,}\.$/, code);
  }
});

test("the document has a heading for each code, and says how the command exits with it", () => {
  const document = readFileSync(`${root}docs/errors.md`, "utf8");
  assert.ok(document.endsWith(generateErrorReference()), "run `npm run generate`");
  const headings = Array.from(document.matchAll(/^### (.+)$/gm), ([, heading]) => heading);
  assert.equal(headings.toSorted(), Object.keys(codes).sort());
  assert.is(document.match(/^- \*\*Exit code:\*\* [1-4]$/gm)?.length, headings.length);
});

test.run();
