import { readFileSync } from "node:fs";
import { long, suite } from "@mlflow-auth/test/suite";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { accepts } from "../../src/config/accepts.js";
import { checkOptions, createOptionsCheck } from "../../src/config/check-options.js";
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

test("it takes nothing that ajv refuses", async () => {
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
