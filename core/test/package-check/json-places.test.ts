/** Where JSON pointers lead in a text. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { placesIn } from "../../src/package-check/json-places.js";

const test = suite("places in JSON files");

const text = `{
  "a": { "b/c": [1, {"d~": "x, \\"y\\": {"}, [ ]],
\t"": null },
  "twice": 1, "twice": { "in": true }
}
`;

for (const [pointer, line, column] of [
  ["", 1, 1],
  ["/a", 2, 3],
  ["/a/b~1c", 2, 10],
  ["/a/b~1c/0", 2, 18],
  ["/a/b~1c/1", 2, 21],
  ["/a/b~1c/1/d~0", 2, 22],
  ["/a/b~1c/2", 2, 44],
  ["/a/", 3, 2],
  ["/twice/in", 4, 26],
  ["/a/none/of/it", 2, 3],
  ["/none", 1, 1],
] as const) {
  test(`${pointer || "the whole"} is at ${line}:${column}`, () => {
    assert.equal(placesIn(text)(pointer), { line, column });
  });
}

for (const [name, broken, line, column] of [
  ["a name without quotes", "{\n  oops: 1 }", 2, 3],
  ["nothing", "", 1, 1],
  ["a missing comma", '{ "a": 1\n "b": 2 }', 2, 2],
] as const) {
  test(`${name}: where it stops being JSON`, () => {
    assert.equal(placesIn(broken)("/a"), { line, column });
  });
}

test.run();
