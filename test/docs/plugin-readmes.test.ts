/** The README of each plugin names every option of its schema, with its default and its variables. */
import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { inlineCode, readMarkdown, root } from "./markdown.ts";

const test = suite("the READMEs of the plugins");

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly default?: unknown;
  readonly "x-env"?: readonly string[];
}

const { $defs: values } = JSON.parse(readFileSync(`${root}schema/values.schema.json`, "utf8"));

/** What every plugin may refer to, as `mlflow-auth:values#/$defs/cache`. */
function resolved({ $ref, ...beside }: Schema): Schema {
  return $ref === undefined ? beside : { ...values[$ref.replace("mlflow-auth:values#/$defs/", "")], ...beside };
}

/** Every option with its path; those of a choice, such as the ways to log in, are told in examples. */
function optionsOf({ properties = {} }: Schema, prefix = ""): [path: string, schema: Schema][] {
  return Object.entries(properties).flatMap(([name, given]) => {
    const schema = resolved(given);
    const isGroup = schema.properties !== undefined && !("x-value" in schema);
    return isGroup ? optionsOf(schema, `${prefix}${name}.`) : [[`${prefix}${name}`, schema]];
  });
}

for (const file of globSync("plugins/*/{,*/}config.schema.json", { cwd: root }).sort()) {
  const readme = `${dirname(file)}/README.md`;
  test(readme, () => {
    const rows = readMarkdown(readme)
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    const options = optionsOf(JSON.parse(readFileSync(root + file, "utf8")));
    assert.ok(options.length > 0);
    for (const [path, schema] of options) {
      const [row = ""] = rows.filter((line) => line.startsWith(`| \`${path}\` `));
      assert.ok(row !== "", `${path} has a row`);
      const said = inlineCode(row);
      for (const name of schema["x-env"] ?? []) assert.ok(said.includes(name), `${path}: ${name}`);
      if (typeof schema.default === "string" || typeof schema.default === "boolean") {
        assert.ok(said.includes(String(schema.default)), `${path}: ${schema.default}`);
      }
    }
    assert.is(rows.length, options.length, "no row is about something else");
  });
}

test.run();
