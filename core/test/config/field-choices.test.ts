import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { choiceOfFields } from "../../src/config/schema-walk.js";

const test = suite("the fields of which a schema needs one");

test("are those of branches that say nothing else", () => {
  const oneOf = [{ required: ["token"] }, { required: ["user", "password"] }];
  assert.equal(choiceOfFields({ oneOf }), [["token"], ["user", "password"]]);
});

test("are none where a branch is a form of its own, or there are no branches", () => {
  assert.equal(choiceOfFields({ oneOf: [{ required: ["token"] }, { type: "string" }] }), []);
  assert.equal(choiceOfFields({ oneOf: [{ required: ["method"], properties: { method: { const: "a" } } }] }), []);
  assert.equal(choiceOfFields({}), []);
  assert.equal(choiceOfFields({ oneOf: "nothing" }), []);
});

test.run();
