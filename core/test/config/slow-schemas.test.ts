/** Schemas of plugins over which a validator would sit for ever, or for as long as a day. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { accepts, checkOptions, createOptionsCheck } from "../../src/config/check-options.js";
import type { Data } from "../../src/config/read.js";
import type { Schema } from "../../src/config/schema-walk.js";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { DeadlineError, withinDeadline } from "../../src/time/within-deadline.js";
import { project } from "../discovery/plugin-packages.ts";

const test = suite("schemas that take too long");
/** None of what follows comes to its end before the next ice age, so that no machine is too fast. */
const DEADLINE = 50;
const a = "a".repeat(60);
const field = (schema: object): Schema => ({ properties: { x: schema } });

const slow: Record<string, readonly [schema: Schema, data: Data]> = {
  "nested repetition": [field({ type: "string", pattern: "^(a+)+$" }), { x: `${a}!` }],
  "alternatives that overlap": [field({ pattern: "^(a|a)*$" }), { x: `${a}!` }],
  "one repetition behind another": [field({ pattern: "(x+x+)+y" }), { x: "x".repeat(80) }],
  "a look-ahead": [field({ pattern: "^(?=(a+)+$)" }), { x: `${a}!` }],
  "a reference back": [field({ pattern: "^(\\w*)*\\1$" }), { x: `${a}!` }],
  "a very long value": [field({ pattern: "(\\s+\\s+)+$" }), { x: `${" ".repeat(200_000)}x` }],
  "bounds in bounds": [field({ pattern: "((a{0,1000}){0,1000}){0,1000}b" }), { x: a }],
  "a key of patternProperties": [{ patternProperties: { "^(a+)+$": { type: "integer" } } }, { [`${a}!`]: 1 }],
  "the names of properties": [{ propertyNames: { pattern: "^(a+)+$" } }, { [`${a}!`]: 1 }],
  "a branch": [field({ anyOf: [{ type: "integer" }, { not: { pattern: "^(a+)+$" } }] }), { x: `${a}!` }],
  "a definition": [{ ...field({ $ref: "#/$defs/a" }), $defs: { a: { pattern: "^(a+)+$" } } }, { x: `${a}!` }],
  "items that are compared with each other": [
    field({ uniqueItems: true }),
    { x: Array.from({ length: 100_000 }, (_, index) => [index]) },
  ],
};
for (const [what, [schema, data]] of Object.entries(slow)) {
  test(`${what}: both validators are stopped`, async () => {
    const check = await createOptionsCheck(DEADLINE);
    assert.throws(
      () => check(schema, data),
      (thrown: unknown) => thrown instanceof DeadlineError,
    );
    const outcome = await checkOptions(schema, data, DEADLINE).catch((thrown: unknown) => thrown);
    assert.instance(outcome, DeadlineError);
  });
}

test("what is quick is not touched, and its own errors pass", async () => {
  assert.is(await accepts(field({ pattern: "^a+$" }), {}, { x: a }), true);
  assert.is(
    withinDeadline(60_000, () => withinDeadline(60_000, () => 7)),
    7,
  );
  assert.throws(
    () =>
      withinDeadline(60_000, () => {
        throw new RangeError("mine");
      }),
    /^RangeError: mine|mine/,
  );
  assert.is(
    Object.getOwnPropertySymbols(globalThis).filter((name) => String(name).includes("mlflow-auth.comp")).length <= 1,
    true,
  );
});

async function problemsOf(schema: object, plugins: object): Promise<string[]> {
  const cwd = project({ name: "plugin-x", auth: "x", schema });
  try {
    const config = { version: 1, trackingUri: "https://mlflow.example.com", auth: "x", plugins };
    await loadConfig({ config, cwd, env: {} });
    return [];
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    return error.problems.map(({ code, message }) => `${code} ${message}`);
  }
}

test("the package is named, and its other instances do not take their time as well", async () => {
  const instance = { plugin: "x", x: `${a}!` };
  const plugins = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`x${index}`, instance]));
  const problems = await problemsOf(field({ pattern: "^(a+)+$" }), { x: { x: `${a}!` }, ...plugins });
  assert.is(problems.length, 51);
  for (const problem of problems) {
    assert.match(
      problem,
      /^PLUGIN_MANIFEST .*the package plugin-x .* takes too long over these options.*: install another version/,
    );
  }
});

test("a schema that doubles itself with each reference has no end", async () => {
  const $defs: Record<string, object> = { d0: { type: "object" } };
  for (let depth = 1; depth < 60; depth++) {
    const half = { $ref: `#/$defs/d${depth - 1}` };
    $defs[`d${depth}`] = { allOf: [half, half] };
  }
  const [problem] = await problemsOf({ $ref: "#/$defs/d59", $defs }, { x: {} });
  assert.match(problem ?? "", /^PLUGIN_MANIFEST .*refers to itself without end/);
});

test.run();
