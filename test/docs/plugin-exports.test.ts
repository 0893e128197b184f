/** The guides for authors of plugins name everything that a plugin can call: what is not named has to be guessed. */
import * as plugin from "@mlflow-auth/core/plugin";
import * as testing from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { readMarkdown } from "./markdown.ts";

const test = suite("what the guides for authors of plugins name");

const guides = [
  "write-a-plugin",
  "plugin-options",
  "plugin-credentials",
  "plugin-interfaces",
  "plugin-tests",
  "plugin-commands",
];
const text = guides.map((name) => readMarkdown(`docs/guides/${name}.md`)).join("\n");
const lacks = (names: readonly string[]) => names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text));

test("every function and value of core/plugin and core/testing", () => {
  const names = [...Object.keys(plugin), ...Object.keys(testing)];
  assert.ok(names.length > 20);
  assert.equal(lacks(names), []);
});

test("every member of the context, of its HTTP client and of a test's", () => {
  const context = testing.testContext();
  const members = [
    ...Object.keys(context),
    ...Object.keys(context.http),
    ...Object.keys(context.secrets),
    ...Object.keys(context.clock),
  ];
  assert.equal(lacks(members), []);
});

test("what is not named is found", () => assert.equal(lacks(["credentialProvider", "noSuchThing"]), ["noSuchThing"]));

test.run();
