import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { formatError, formatProblem, isMlflowAuthError, MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { printable, thrownKind } from "../../src/errors/printable.js";

const test = suite("the one error");

test("it is known across two copies of the package, and nothing else is taken for it", () => {
  const marked = Object.assign(new Error("of another copy"), { [Symbol.for("mlflow-auth.error")]: true });
  assert.ok(isMlflowAuthError(new MlflowAuthError("USAGE", "x")));
  assert.ok(isMlflowAuthError(marked));
  for (const other of [new Error("x"), { code: "USAGE" }, "USAGE", null, undefined, () => undefined]) {
    assert.not.ok(isMlflowAuthError(other), String(other));
  }
});

test("nothing is transient unless it says so", () => {
  assert.is(new MlflowAuthError("USAGE", "x").transient, false);
  assert.is(new MlflowAuthError("USAGE", "x", { transient: true }).transient, true);
});

test("a person sees the code, the message and what to do about it, each in one line", () => {
  const error = new MlflowAuthError("USAGE", "it\u001b[31m is red\n", { remedy: "make it\r black" });
  assert.is(formatError(error), "USAGE: it\\u001b[31m is red\\u000a\n  Try this: make it\\u000d black");
});

test("of its problems a hundred are listed, and how many more there are", () => {
  const problems = Array.from({ length: 101 }, (_, index) => ({
    code: "WRONG_TYPE" as const,
    file: "a.yaml",
    line: index,
    message: "no",
  }));
  const lines = formatError(new MlflowAuthError("CONFIG_INVALID", "x", { problems })).split("\n");
  assert.equal([lines.length, lines[0], lines[100]], [101, "a.yaml:0:1  WRONG_TYPE  no", "and 1 more"]);
  const hundred = new MlflowAuthError("CONFIG_INVALID", "x", { problems: problems.slice(1) });
  assert.is(formatError(hundred).split("\n").length, 100);
  assert.is(formatProblem({ code: "WRONG_TYPE", message: "a\u202eb" }), "config  WRONG_TYPE  a\\u202eb");
});

test("what would move the cursor, break the line or turn the direction of writing is written out", () => {
  const hidden = "\u0000 \t \u001b \u007f \u009b \u061c \u200e \u200f \u2028 \u2029 \u202a \u202e \u2066 \u2069";
  for (const character of hidden.split(" ")) {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    assert.is(printable(`a${character}b`), `a\\u${code}b`);
  }
  assert.is(printable("é ✓ 日本 👍 a\u00a0b"), "é ✓ 日本 👍 a\u00a0b");
});

test("of what others threw the kind is told, never the message", () => {
  const unreadable = {
    get name(): string {
      throw new Error("no");
    },
  };
  for (const [thrown, kind] of [
    [new TypeError("a secret"), "TypeError"],
    [Object.assign(new Error("a secret"), { name: "FetchError", code: "ECONNREFUSED" }), "FetchError (ECONNREFUSED)"],
    [Object.assign(new Error("x"), { name: "a secret" }), "object"],
    [Object.assign(new Error("x"), { code: "a secret" }), "Error"],
    [Object.assign(new Error("x"), { code: "a".repeat(65) }), "Error"],
    ["a secret", "string"],
    [null, "object"],
    [unreadable, "an error that can't be read"],
  ] as const) {
    assert.is(thrownKind(thrown), kind);
  }
});

test.run();
