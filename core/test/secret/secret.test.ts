import { inspect } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isSecret, Secret } from "../../src/secret/secret.js";

const test = suite("a secret in print");
const text = ["hush", "hush"].join("-");
const secret = new Secret(text);

test("it prints as [secret] wherever it ends up", () => {
  for (const printed of [
    `${secret}`,
    String(secret),
    secret.toString(),
    `${secret as unknown as string}!`.slice(0, -1),
    secret[Symbol.toPrimitive](),
    inspect(secret),
    inspect({ secret }, { depth: 9, showHidden: true, getters: true, customInspect: true }).slice(10, 18),
  ]) {
    assert.is(printed, "[secret]");
  }
  assert.is(JSON.stringify({ secret, list: [secret] }), '{"secret":"[secret]","list":["[secret]"]}');
  assert.not.match(inspect(secret, { customInspect: false, showHidden: true, getters: true }), text);
  assert.equal(Object.keys(secret), []);
});

test("only who asks for the text gets it", () => {
  assert.is(secret.reveal(), text);
  assert.ok(Object.isFrozen(secret));
});

test("it can be compared without being shown", () => {
  assert.ok(secret.equals(new Secret(text)));
  assert.not.ok(secret.equals(new Secret(`${text}.`)));
});

test("one of another copy of the package is known, and nothing else is taken for it", () => {
  const other = Object.defineProperty({ reveal: () => text }, Symbol.for("mlflow-auth.secret"), { value: true });
  assert.ok(isSecret(secret) && isSecret(other));
  for (const value of [text, { reveal: () => text }, null, undefined, 7]) assert.not.ok(isSecret(value));
});

test.run();
