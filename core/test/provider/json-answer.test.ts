import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { jsonFields, leaseOfSeconds } from "../../src/plugin.js";

const test = suite("what a plugin makes of an answer in JSON");

test("an object has its fields, and anything else has none and throws nothing", () => {
  assert.equal(jsonFields('{"token":"t","expires_in":600}'), { token: "t", expires_in: 600 });
  for (const text of ["", "<html>", '{"token":"t"', "[1]", '"text"', "null", "7"]) {
    assert.equal(jsonFields(text), {}, text);
  }
});

test("seconds become milliseconds, also where they come as text, and nonsense is as good as no lease", () => {
  assert.is(leaseOfSeconds(600), 600_000);
  assert.is(leaseOfSeconds("600"), 600_000);
  // What has ended already is told as that, and does not become a credential without an end.
  assert.is(leaseOfSeconds(-5), -5_000);
  for (const nonsense of [undefined, null, "", "soon", "1e3", {}, [600], true, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.is(leaseOfSeconds(nonsense), undefined, String(nonsense));
  }
});

test.run();
