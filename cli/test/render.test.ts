import { deepStrictEqual } from "node:assert/strict";
import type { InstalledPlugin } from "@mlflow-auth/core/internal";
import { OptionForm } from "@mlflow-auth/core/internal/environment";
import { suite } from "@mlflow-auth/test/suite";
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { render } from "../src/init/render.js";

const test = suite("the file that init writes");

/** Any text of a schema may stand in a comment, and any value under any key. */
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, fc.string({ unit: "binary" }), fc.boolean(), fc.integer(), tie("list"), tie("object")),
  list: fc.array(tie("any"), { maxLength: 3 }),
  object: fc.dictionary(fc.string({ minLength: 1 }), tie("any"), { maxKeys: 3 }),
})).object;

test("holds exactly what was said, whatever the values, the keys and the plugin's descriptions are", () => {
  fc.assert(
    fc.property(value, fc.string({ unit: "binary" }), (given, description) => {
      const options = given as Record<string, never>;
      const properties = Object.fromEntries(Object.keys(options).map((key) => [key, { description }]));
      const schema = { description, type: "object", properties };
      const installed = { schema, package: { name: "acme" }, entries: {} } as unknown as InstalledPlugin;
      const form = new OptionForm(schema);
      const text = render({
        trackingUri: "https://mlflow.example.com",
        instances: [
          { name: "acme", installed, form, options, declined: new Set(), taken: new Map(), offered: new Map() },
        ],
      });
      const read = parse(text, { schema: "core", uniqueKeys: true });
      // Node's own: the other takes a key `constructor` for the object's.
      deepStrictEqual(read, {
        version: 1,
        trackingUri: "https://mlflow.example.com",
        plugins: { acme: plain(options) },
      });
      assert.is(text.split("\n")[0], "# yaml-language-server: $schema=.mlflow-auth.schema.json");
    }),
  );
});

function plain(options: unknown): unknown {
  return JSON.parse(JSON.stringify(options));
}

test.run();
