/** Regular expressions of schemas that would have a user wait for ever, and those that would not. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { canTakeForEver } from "../../src/package-check/pattern-trial.js";
import { slowPatternFindings } from "../../src/package-check/slow-patterns.js";

const test = suite("patterns that take for ever", { timeout: 120 });

for (const pattern of [
  "(a+)+$",
  "^(a|a)*$",
  "^(?:a?){60}b$",
  "(x+x+)+y",
  "^(?=(a+)+$)",
  "^([a-zA-Z0-9]+)*@example\\.com$",
  "^https://([a-z]+\\.?)+/$",
  "^[0-9]{4}-(?:\\w+-?)*!$",
  "^(?:one|(?:other-)?(\\d+)+)$",
  "^(\\w*)*\\1$",
  "^\\p{L}(\\p{L}*)*$",
  "^(?<name>\\s*|x)*:$",
  "(.*)*(.*)*(.*)*(.*)*x",
  "^(?!b)x(a+)+$",
]) {
  test(`${pattern} does`, () => assert.ok(canTakeForEver(pattern)));
}

for (const pattern of [
  "^a+$",
  "^[a-z0-9-]+(?:\\.[a-z0-9-]+)*$",
  "^(?:https?|ldap)://[^/ ]+(?:/[^ ]*)?$",
  "^(?!.*--)[a-z](?:[a-z-]{0,61}[a-z])?$",
  "^arn:[a-z-]+:[a-z-]+:[a-z0-9-]*:\\d{12}:[^ ]+$",
  "^\\s*\\S.*$",
  "",
  "(",
  "^\\u{1F600}+$",
]) {
  test(`${pattern || "an empty one"} does not`, () => assert.not(canTakeForEver(pattern)));
}

test("no schema of our own has one", () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const files = globSync(["plugins/*/**/config.schema.json", "schema/*.schema.json"], {
    cwd: root,
    exclude: (name) => String(name).includes("node_modules"),
  });
  assert.ok(files.length > 5);
  for (const file of files) {
    const schema = JSON.parse(readFileSync(`${root}/${file}`, "utf8"));
    assert.equal(slowPatternFindings(schema), [], file);
  }
});

test("each is told where it stands, also among the names of options; and what is data, or a name, is none", () => {
  const pattern = "^(a+)+$";
  const found = slowPatternFindings({
    default: { pattern },
    properties: { pattern: { pattern, enum: [{ pattern }] }, fine: { pattern: "^a+$" } },
    patternProperties: { [pattern]: { type: "string" } },
    propertyNames: { pattern },
    allOf: [{ not: { contains: { pattern } } }],
    $defs: { pattern: { items: [{ pattern }] } },
  });
  assert.equal(
    found.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`),
    [
      "/properties/pattern/pattern",
      `/patternProperties/${pattern}`,
      "/propertyNames/pattern",
      "/allOf/0/not/contains/pattern",
      "/$defs/pattern/items/0/pattern",
    ].map((pointer) => `error slow-pattern ${pointer}`),
  );
});

test.run();
