import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { interpolate } from "../../src/config/interpolate.js";

const test = suite("interpolation");
const env = { NAME: "value", OTHER: "other", EMPTY: "", NESTED: "${NAME}", DOLLAR: "$${x}", lower_1: "low" };

const table: [text: string, filled: string][] = [
  ["plain", "plain"],
  ["$UNSET", "$UNSET"],
  ["$NAME/x", "$NAME/x"],
  ["$$NAME", "$$NAME"],
  ["${NAME}", "value"],
  ["${lower_1}", "low"],
  ["a${NAME}b${OTHER}c", "avaluebotherc"],
  ["${NAME:-default}", "value"],
  ["${UNSET:-default}", "default"],
  ["${EMPTY:-default}", "default"],
  ["${UNSET:-}", ""],
  ["${UNSET:-a:-b $ { \n}", "a:-b $ { \n"],
  ["$${NAME}", "${NAME}"],
  ["$$${NAME}", "$${NAME}"],
  ["$${", "${"],
  ["$${NAME}${NAME}", "${NAME}value"],
  ["${NESTED}", "${NAME}"],
  ["${DOLLAR}", "$${x}"],
  ["${UNSET:-$${x}", "$${x"],
  ["$", "$"],
  ["{NAME}", "{NAME}"],
  ["{${NAME}}", "{value}"],
  ['{"a":"${UNSET:-b}","c":"${NAME}"}', '{"a":"b","c":"value"}'],
  ["${UNSET:-{}{}", "{{}"],
  ["$&${NAME}$1", "$&value$1"],
];
for (const [text, filled] of table) {
  test(`${JSON.stringify(text)} becomes ${JSON.stringify(filled)}`, () => {
    const { data, findings } = interpolate(text, env);
    assert.is(data, filled);
    assert.equal(findings, []);
  });
}

const refused: [text: string, code: string][] = [
  ["$NAME", "VARIABLE_SYNTAX"],
  ["$EMPTY", "VARIABLE_SYNTAX"],
  ["${UNSET}", "VARIABLE_MISSING"],
  ["${EMPTY}", "VARIABLE_MISSING"],
  ["${}", "VARIABLE_SYNTAX"],
  ["${NAME", "VARIABLE_SYNTAX"],
  ["${1NAME}", "VARIABLE_SYNTAX"],
  ["${NA-ME}", "VARIABLE_SYNTAX"],
  ["${NAME:default}", "VARIABLE_SYNTAX"],
  ["${ NAME }", "VARIABLE_SYNTAX"],
  ["${NAME:?x}", "VARIABLE_SYNTAX"],
  ["${${NAME}}", "VARIABLE_SYNTAX"],
  // What belongs to the default by the looks of it would be sent behind the variable's own value.
  ["${NAME:-${OTHER}}", "VARIABLE_SYNTAX"],
  ["${UNSET:-${OTHER}}", "VARIABLE_SYNTAX"],
  ["${NAME:-${OTHER:-x}}", "VARIABLE_SYNTAX"],
  ["Bearer ${NAME:-a ${OTHER} b}", "VARIABLE_SYNTAX"],
  ["${NAME:-${OTHER}", "VARIABLE_SYNTAX"],
  ["${NAME:-$${OTHER}}", "VARIABLE_SYNTAX"],
  ['${NAME:-{"token":"x"}}', "VARIABLE_SYNTAX"],
  ["${NAME:-{x} y}", "VARIABLE_SYNTAX"],
];
for (const [text, code] of refused) {
  test(`${text} is ${code}`, () => {
    const { findings } = interpolate([text], env);
    assert.equal(
      findings.map((finding) => [finding.code, finding.pointer]),
      [[code, "/0"]],
    );
  });
}

test("a text is looked through once, whatever is not closed in it", () => {
  // The largest file there may be. A search for each `}` from each `${` on would take half a minute.
  const size = 255 * 1024;
  for (const piece of ["${", "$${", "$", "${A", "{", "${}", "${${}", "${A:-", "${A:-{}", "${A:-{}}"]) {
    const text = piece.repeat(size / piece.length);
    const started = process.cpuUsage();
    interpolate(text, env);
    interpolate([text, `${text}}`], env);
    const { user } = process.cpuUsage(started);
    assert.ok(user < 5_000_000, `${piece}: ${user / 1000} ms`);
  }
  assert.is(interpolate("${".repeat(1000), env).findings.length, 1);
});

test("keys, numbers and booleans are left alone, and the data given is not changed", () => {
  const data = { "${NAME}": [1, true, null, { deep: "${NAME}" }] };
  assert.equal(JSON.stringify(interpolate(data, env).data), '{"${NAME}":[1,true,null,{"deep":"value"}]}');
  assert.is(JSON.stringify(data), '{"${NAME}":[1,true,null,{"deep":"${NAME}"}]}');
});

test("what filled a text is remembered", () => {
  const { interpolations } = interpolate(
    { a: "${NAME}", b: "x${NAME}", c: "${UNSET:-d}", d: "$${NAME}", e: "${NAME}x" },
    env,
  );
  assert.equal(
    [...interpolations],
    [
      ["/a", { variables: ["NAME"], whole: true, usedDefault: false }],
      ["/b", { variables: ["NAME"], whole: false, usedDefault: false }],
      ["/c", { variables: ["UNSET"], whole: true, usedDefault: true }],
      ["/e", { variables: ["NAME"], whole: false, usedDefault: false }],
    ],
  );
});

test.run();
