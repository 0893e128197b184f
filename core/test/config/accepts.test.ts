import { readFileSync } from "node:fs";
import { form, long, suite } from "@mlflow-auth/test/suite";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { accepts, checkOptions, createOptionsCheck } from "../../src/config/check-options.js";
import type { Data } from "../../src/config/read.js";
import type { Schema } from "../../src/config/schema-walk.js";

const test = suite("the quick look at a plugin's options");
const read = (path: string) => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8")) as Schema;
const values = read("schema/values.schema.json");

const samples: readonly { schema: Schema; data: Data }[] = [
  {
    schema: read("plugins/vault/config.schema.json"),
    data: {
      address: "https://vault.example.com",
      allowInsecure: false,
      auth: { method: "approle", roleId: "a", secretId: { env: "ID" }, mount: "approle" },
      secret: { mount: "secret", path: "mlflow/auth", version: 3, field: "token" },
      credential: { mode: "bearer", header: "Authorization" },
      cache: { ttl: "5m", maxStale: "1h" },
    },
  },
  { schema: read("plugins/datadog/config.schema.json"), data: { apiKey: { file: "key" } } },
  {
    schema: {
      type: "object",
      required: ["kind"],
      properties: {
        kind: { enum: ["a", "b"] },
        // What stands beside a reference counts.
        secret: { $ref: "mlflow-auth:values#/$defs/secret", minLength: 4 },
        list: { type: "array", items: { type: "integer", minimum: 1 }, minItems: 1, maxItems: 3, uniqueItems: true },
        map: { type: "object", additionalProperties: { $ref: "#/definitions/word" }, maxProperties: 2 },
      },
      additionalProperties: false,
      definitions: { word: { type: "string", pattern: "^\\w+$", maxLength: 5 } },
    },
    data: { kind: "a", secret: "long enough", list: [1, 2], map: { x: "word" } },
  },
];

/** The data with one place changed, removed or added. */
function mutated(data: Data): fc.Arbitrary<Data> {
  const other = fc.oneof(
    fc.constantFrom<Data>("", "a", "token", "5m", 0, -1, 1.5, true, null, [], {}, { env: "A" }),
    fc.jsonValue() as fc.Arbitrary<Data>,
  );
  if (Array.isArray(data)) return fc.oneof(other, fc.array(other, { maxLength: 4 }));
  if (typeof data !== "object" || data === null) return other;
  const keys = Object.keys(data);
  return fc.oneof(
    { weight: 1, arbitrary: other },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(...keys)
        .map((key) => Object.fromEntries(Object.entries(data).filter(([name]) => name !== key)) as Data),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom("x", "path", "method", "env", ...keys), other)
        .map(([key, value]) => ({ ...data, [key]: value })),
    },
    {
      weight: 6,
      arbitrary: fc
        .constantFrom(...keys)
        .chain((key) => mutated(data[key] as Data).map((value) => ({ ...data, [key]: value }))),
    },
  );
}

test("it takes what fits", async () => {
  for (const { schema, data } of samples) assert.ok(await accepts(schema, values, data));
});

test(`it takes nothing that ajv refuses${form}`, async () => {
  const check = await createOptionsCheck();
  let taken = 0;
  for (const { schema, data } of samples) {
    await fc.assert(
      fc.asyncProperty(mutated(data), async (mutant) => {
        if (!(await accepts(schema, values, mutant))) return;
        taken++;
        assert.equal(check(schema, mutant), []);
      }),
      { numRuns: long ? 5_000 : 300 },
    );
  }
  assert.ok(taken > 50, `only ${taken} were taken`);
});

/** Data without a prototype, as the file is read. */
function bare(json: string): Data {
  return JSON.parse(json, (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.create(null, Object.getOwnPropertyDescriptors(value))
      : value,
  );
}

/** What one of the two validators reads in another way, alone or turned around by what it stands in. */
const contested: readonly (readonly [schema: string, data: Data])[] = [
  ['{ "items": { "type": "string" }, "prefixItems": [true] }', [1]],
  ['{ "contains": { "type": "string" }, "minContains": 0 }', [1]],
  ['{ "not": { "format": "email" } }', "x"],
  ['{ "not": { "type": [] } }', "x"],
  ['{ "not": { "type": "string", "nullable": true } }', null],
  ['{ "not": { "dependentRequired": { "a": ["b"] } } }', bare('{ "a": 1 }')],
  ['{ "not": { "unevaluatedProperties": false } }', bare('{ "a": 1 }')],
  ['{ "oneOf": [{ "type": "string", "format": "uri" }, { "type": "string", "maxLength": 3 }] }', "x y"],
  [
    '{ "additionalProperties": false, "properties": { "__proto__": { "type": "string" } } }',
    bare('{ "__proto__": "x" }'),
  ],
  [
    '{ "not": { "discriminator": { "propertyName": "t" }, "required": ["t"], "oneOf": [{ "properties": { "t": { "const": "a" } } }] } }',
    5,
  ],
  ['{ "multipleOf": 0.1 }', 0.3],
  ['{ "type": "integer" }', Number.POSITIVE_INFINITY],
  ['{ "type": "number", "minimum": 1 }', Number.NaN],
];

test("where the two would differ, ajv decides", async () => {
  const check = await createOptionsCheck();
  for (const [schema, data] of contested) {
    const within = { properties: { a: JSON.parse(schema) } };
    const whole = Object.assign(Object.create(null), { a: data });
    assert.is.not(check(within, whole).length, 0, `ajv takes it: ${schema}`);
    assert.is(await accepts(within, values, whole), false, schema);
  }
});

/** Small schemas of every keyword that either of the two knows, right and wrong ones. */
const { schema: anySchema } = fc.letrec<{ schema: unknown }>((tie) => {
  const inner = tie("schema");
  const some = fc.array(inner, { minLength: 1, maxLength: 3 });
  const map = fc.dictionary(fc.constantFrom("a", "b", "t", "__proto__"), inner, { maxKeys: 2, noNullPrototype: true });
  const scalar = fc.constantFrom<unknown>("a", "b", "", 0, 1, 1.5, true, null);
  const keywords = {
    type: fc.constantFrom<unknown>(
      "string",
      "integer",
      "number",
      "object",
      "array",
      "null",
      ["string", "null"],
      [],
      "text",
    ),
    const: fc.oneof(scalar, fc.constant({ a: 1 })),
    enum: fc.array(scalar, { maxLength: 3 }),
    required: fc.constantFrom<unknown>(["a"], ["b", "t"], "a"),
    properties: map,
    patternProperties: map,
    additionalProperties: inner,
    unevaluatedProperties: inner,
    propertyNames: inner,
    dependencies: fc.constantFrom<unknown>({ a: ["b"] }, { a: { required: ["t"] } }),
    dependentRequired: fc.constant({ a: ["b"] }),
    items: fc.oneof(inner, some),
    additionalItems: inner,
    prefixItems: some,
    contains: inner,
    minContains: fc.constantFrom(0, 2),
    uniqueItems: fc.constantFrom<unknown>(true, false, "yes"),
    minItems: fc.constantFrom<unknown>(0, 1, "1"),
    minLength: fc.constantFrom<unknown>(0, 1, 2.5),
    maxProperties: fc.constantFrom(0, 1),
    minimum: fc.constantFrom<unknown>(0, 1, "1"),
    exclusiveMaximum: fc.constantFrom<unknown>(1, true),
    multipleOf: fc.constantFrom(1, 0.1),
    pattern: fc.constantFrom("^a$", "(", "\\p{L}"),
    format: fc.constantFrom("uri", "date"),
    nullable: fc.boolean(),
    allOf: some,
    anyOf: some,
    oneOf: some,
    not: inner,
    if: inner,
    // biome-ignore lint/suspicious/noThenProperty: the keyword's name in JSON Schema
    then: inner,
    else: inner,
    discriminator: fc.constantFrom<unknown>({ propertyName: "t" }, { propertyName: "t", mapping: {} }),
    $ref: fc.constantFrom("#/$defs/word", "mlflow-auth:values#/$defs/duration", "#nowhere"),
    "x-env": fc.constant(["A"]),
  };
  const names = Object.keys(keywords) as (keyof typeof keywords)[];
  const object = fc
    .subarray(names, { minLength: 1, maxLength: 3 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, keywords[name]]))));
  return { schema: fc.oneof({ maxDepth: 3 }, fc.boolean(), object) };
});

test(`no schema makes it take what ajv refuses${form}`, async () => {
  const check = await createOptionsCheck();
  const data = fc.oneof(
    fc.constantFrom<Data>("", "a", "5m", "a b", 0, 1, 1.5, null, true, [], ["a"], ["a", "a"], [1, "a"]),
    fc.constantFrom("{}", '{ "a": 1 }', '{ "a": "a", "b": 1 }', '{ "t": "a" }', '{ "__proto__": 1 }').map(bare),
  );
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(anySchema, data, async (part, given) => {
      const schema = { properties: { o: part }, $defs: { word: { type: "string", minLength: 1 } } } as Schema;
      const whole = Object.assign(Object.create(null), { o: given });
      if (!(await accepts(schema, values, whole))) return;
      taken++;
      assert.equal(check(schema, whole), []);
    }),
    { numRuns: long ? 50_000 : 3_000 },
  );
  assert.ok(taken > 100, `only ${taken} were taken`);
});

test("ajv compares objects that have no prototype", async () => {
  const check = await createOptionsCheck();
  const schema = { properties: { list: { uniqueItems: true }, one: { const: { a: 1 } } } };
  assert.equal(check(schema, bare('{ "list": [{ "a": 1 }, { "a": 2 }], "one": { "a": 1 } }')), []);
  assert.is(check(schema, bare('{ "list": [{ "a": 1 }, { "a": 1 }] }')).length, 1);
  assert.is(check({ required: ["toString"] }, bare("{}")).length, 1);
});

test("what it does not understand is ajv's to judge", async () => {
  const unusable: readonly Schema[] = [
    { type: 5 },
    { properties: { a: { $ref: "#/nowhere" } } },
    { properties: { a: { pattern: "(" } } },
  ];
  for (const schema of unusable) {
    const outcome = await checkOptions(schema, { a: "x" }).catch(() => "refused");
    assert.is(outcome, "refused", JSON.stringify(schema));
  }
});

test("it leaves the schemas as they are", async () => {
  const before = JSON.stringify([samples, values]);
  for (const { schema, data } of samples) await accepts(schema, values, data);
  assert.is(JSON.stringify([samples, values]), before);
});

test.run();
