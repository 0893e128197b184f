/** What authors of plugins import says in their editor what each part of it is: shapes, units, defaults. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

const test = suite("docstrings for authors of plugins");
const source = fileURLToPath(new URL("../../core/src/", import.meta.url));

/** Every object has these. */
const OF_EVERY_OBJECT = /^(?:constructor|toString|toJSON)$/;

/** The modules of an entry point of core, each with the names that it passes on. */
function exportsOf(entry: string): [names: string[], file: string][] {
  const text = readFileSync(`${source}${entry}.ts`, "utf8");
  const statements = Array.from(text.matchAll(/export (?:type )?\{([^}]*)\} from "\.\/(.+?)\.js"/gs));
  return statements.map(([, list = "", file = ""]) => [
    list.split(",").map((name) => name.trim().replace(/^type /, "")),
    `${file}.ts`,
  ]);
}

/** The members of an interface or a class that nothing is said above; as the formatter writes them. */
function untold(text: string, name: string): string[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => new RegExp(`^export (?:interface|class) ${name}\\b`).test(line));
  if (start === -1) return [];
  const end = lines.findIndex((line, index) => index > start && line === "}");
  return lines.slice(start, end).flatMap((line, index) => {
    const member = /^ {2}(?:readonly )?([\w$]+)\??[(:<]/.exec(line)?.[1];
    if (member === undefined || OF_EVERY_OBJECT.test(member)) return [];
    return lines[start + index - 1]?.endsWith("*/") ? [] : [`${name}.${member}`];
  });
}

for (const entry of ["plugin", "testing"]) {
  test(`every member of what core/${entry} exports has one`, () => {
    const all = exportsOf(entry).flatMap(([names, file]) => {
      const text = readFileSync(source + file, "utf8");
      return names.flatMap((name) => untold(text, name));
    });
    assert.equal(all, []);
  });
}

test("a member without one is found", () => {
  const text = "export interface A {\n  /** One. */\n  readonly one: 1;\n  two?: 2;\n  three(): void;\n}\n";
  assert.equal(untold(text, "A"), ["A.two", "A.three"]);
  assert.ok(exportsOf("plugin").length > 5);
});

test.run();
