/** A secret field that core can't find in the data would reach the plugin as it was written: `{ env: NAME }`, or a bare text. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { project } from "./plugin-packages.ts";

const test = suite("secrets in the schemas of plugins");
const secret = { $ref: "mlflow-auth:values#/$defs/secret" };
const fields = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const token = fields({ token: secret });
const text = { type: "string" };

interface Loaded {
  readonly problem?: string;
  readonly options?: unknown;
}

async function load(schema: object, options: object): Promise<Loaded> {
  const cwd = project({ name: "plugin-x", auth: "x", schema });
  const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { x: options } };
  try {
    const { instances } = await loadConfig({ config, cwd, env: { NAME: "value" } });
    return { options: instances[0]?.options };
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    assert.is(error.problems.length, 1, JSON.stringify(error.problems));
    return { problem: `${error.problems[0]?.code} ${error.problems[0]?.message}` };
  }
}

/** Schemas of which core can't tell where their secrets are, each with the place that the message has to name. */
const hidden: Record<string, readonly [schema: object, place: string]> = {
  oneOf: [fields({ auth: { oneOf: [token, fields({ user: text })] } }), "#/properties/auth/oneOf/0/properties/token"],
  anyOf: [fields({ auth: { anyOf: [fields({ user: text }), token] } }), "#/properties/auth/anyOf/1/properties/token"],
  "anyOf of values": [fields({ token: { anyOf: [secret, { type: "null" }] } }), "#/properties/token/anyOf/0"],
  "anyOf with a discriminator": [
    { discriminator: { propertyName: "m" }, anyOf: [fields({ m: { const: "a" }, token: secret })] },
    "#/anyOf/0/properties/token",
  ],
  "oneOf with a discriminator whose branch hides its tag": [
    fields(
      {},
      {
        required: ["m"],
        discriminator: { propertyName: "m" },
        oneOf: [{ allOf: [fields({ m: { const: "a" } })], properties: { token: secret } }],
      },
    ),
    "#/oneOf/0/properties/token",
  ],
  "tuple items": [fields({ list: { type: "array", items: [text, secret] } }), "#/properties/list/items/1"],
  prefixItems: [fields({ list: { type: "array", prefixItems: [secret] } }), "#/properties/list/prefixItems/0"],
  "items behind prefixItems": [fields({ list: { prefixItems: [text], items: secret } }), "#/properties/list/items"],
  additionalItems: [fields({ list: { items: [text], additionalItems: secret } }), "#/properties/list/additionalItems"],
  unevaluatedItems: [fields({ list: { unevaluatedItems: secret } }), "#/properties/list/unevaluatedItems"],
  contains: [fields({ list: { type: "array", contains: secret } }), "#/properties/list/contains"],
  patternProperties: [fields({}, { patternProperties: { "^token": secret } }), "#/patternProperties/^token"],
  "additionalProperties beside patternProperties": [
    fields({}, { patternProperties: { "^x": text }, additionalProperties: secret }),
    "#/additionalProperties",
  ],
  unevaluatedProperties: [fields({}, { unevaluatedProperties: secret }), "#/unevaluatedProperties"],
  propertyNames: [fields({}, { propertyNames: secret }), "#/propertyNames"],
  dependencies: [fields({}, { dependencies: { user: token } }), "#/dependencies/user/properties/token"],
  dependentSchemas: [fields({}, { dependentSchemas: { user: token } }), "#/dependentSchemas/user/properties/token"],
  if: [fields({}, { if: token }), "#/if/properties/token"],
  // biome-ignore lint/suspicious/noThenProperty: the keyword's name in JSON Schema
  then: [fields({}, { if: true, then: token }), "#/then/properties/token"],
  else: [fields({}, { if: false, else: token }), "#/else/properties/token"],
  not: [fields({}, { not: fields({ token: secret }, { required: ["token"] }) }), "#/not/properties/token"],
  contentSchema: [fields({ text: { contentSchema: token } }), "#/properties/text/contentSchema/properties/token"],
  "a keyword that nobody knows": [fields({}, { branches: [token] }), "#/branches/0/properties/token"],
  "a definition behind a branch": [
    fields({ auth: { anyOf: [{ $ref: "#/$defs/a/items" }] } }, { $defs: { a: { items: token } } }),
    "#/$defs/a/items/properties/token",
  ],
  "a branch in circles": [
    fields(
      { auth: { $ref: "#/$defs/node" } },
      { $defs: { node: { anyOf: [fields({ next: { $ref: "#/$defs/node" } }), token] } } },
    ),
    "#/$defs/node/anyOf/1/properties/token",
  ],
  "a branch of a branch, through allOf": [
    { allOf: [fields({ a: { allOf: [{ oneOf: [token] }] } })] },
    "#/allOf/0/properties/a/allOf/0/oneOf/0/properties/token",
  ],
  "a property named like a keyword": [
    fields({ auth: { anyOf: [fields({ default: secret })] } }),
    "#/properties/auth/anyOf/0/properties/default",
  ],
  "a copy of the secret's own schema": [
    fields({ auth: { anyOf: [fields({ token: { type: "string", "x-value": "secret" } })] } }),
    "#/properties/auth/anyOf/0/properties/token",
  ],
};
for (const [what, [schema, place]] of Object.entries(hidden)) {
  test(`${what}: the package is refused, with the place and the remedy`, async () => {
    const { problem = "it was taken" } = await load(schema, {});
    assert.ok(
      /^PLUGIN_MANIFEST .*the package plugin-x .* hides a secret from core in its configSchema/.test(problem),
      problem,
    );
    assert.ok(problem.includes(` at ${place},`), `${place} is not in: ${problem}`);
    assert.match(problem, /`oneOf` with a `discriminator`/);
  });
}

/** References that core can't follow as a validator would: whatever is behind them may be a secret. */
const unfollowable: Record<string, object> = {
  $dynamicRef: fields({ a: { $dynamicRef: "#node" } }),
  $recursiveRef: fields({ a: { $recursiveRef: "#" } }),
  "an anchor": fields({ a: { $ref: "#tok" } }, { $defs: { tok: { $anchor: "tok", ...secret } } }),
  "an id": fields({ a: { $ref: "tok.json" } }, { $defs: { tok: { $id: "tok.json", ...token } } }),
  "below an id of its own": fields(
    { a: { $id: "a.json", $defs: { t: token }, properties: { b: { $ref: "#/$defs/t" } } } },
    { $defs: { t: {} } },
  ),
  "another spelling of the values' name": fields({ a: { $ref: "MLFLOW-AUTH:values#/$defs/secret" } }),
  "a definition that is not there": fields({ a: { $ref: "#/$defs/nowhere" } }),
};
for (const [what, schema] of Object.entries(unfollowable)) {
  test(`a reference by ${what} is refused, with the place`, async () => {
    const { problem = "it was taken" } = await load(schema, {});
    assert.ok(/^PLUGIN_MANIFEST .* has a reference that core can't follow in its configSchema/.test(problem), problem);
    assert.ok(problem.includes(" at #/properties/a"), problem);
  });
}

/** The options as a plugin gets them, with every secret as `SECRET`. */
const shown = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if ("read" in value) return "SECRET";
  if (Array.isArray(value)) return value.map(shown);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
};

/** What core does follow: no secret is left as it was written. */
const found: Record<string, readonly [schema: object, options: object, expected: object]> = {
  "properties, lists and maps": [
    fields({ a: token, list: { items: token }, map: { additionalProperties: secret } }),
    { a: { token: "x" }, list: [{ token: { env: "NAME" } }], map: { k: { file: "f" } } },
    { a: { token: "SECRET" }, list: [{ token: "SECRET" }], map: { k: "SECRET" } },
  ],
  "two parts of allOf that speak of one property": [
    { allOf: [fields({ a: token }), fields({ a: fields({ user: secret }) })] },
    { a: { token: "x", user: "y" } },
    { a: { token: "SECRET", user: "SECRET" } },
  ],
  "what stands beside a reference": [
    fields({ a: { $ref: "#/$defs/a", properties: { user: secret } } }, { $defs: { a: token } }),
    { a: { token: "x", user: "y" } },
    { a: { token: "SECRET", user: "SECRET" } },
  ],
  "two parts of allOf that speak of items": [
    fields({ list: { allOf: [{ items: token }, { items: fields({ user: secret }) }] } }),
    { list: [{ token: "x", user: "y" }] },
    { list: [{ token: "SECRET", user: "SECRET" }] },
  ],
  "a property that is additional to one of two parts": [
    { allOf: [fields({ a: {} }), { additionalProperties: secret }] },
    { a: "x" },
    { a: "SECRET" },
  ],
  "a reference into a list, and one with escapes": [
    fields(
      { a: { $ref: "#/$defs/list/allOf/0" }, b: { $ref: "#/$defs/a%20b" } },
      { $defs: { list: { allOf: [token] }, "a b": token } },
    ),
    { a: { token: "x" }, b: { token: "y" } },
    { a: { token: "SECRET" }, b: { token: "SECRET" } },
  ],
  "a schema that holds itself, in lists": [
    fields({ token: secret, inner: { type: "array", items: { $ref: "#" } } }),
    { token: "x", inner: [{ token: "y", inner: [{ token: "z" }] }] },
    { token: "SECRET", inner: [{ token: "SECRET", inner: [{ token: "SECRET" }] }] },
  ],
  "branches that only say again what properties say": [
    fields({ token: secret, user: text }, { anyOf: [{ ...token, required: ["token"] }, { required: ["user"] }] }),
    { token: "x" },
    { token: "SECRET" },
  ],
  "branches without a secret": [
    fields(
      { token: secret, mode: { anyOf: [{ const: "a" }, { type: "integer" }] } },
      { examples: [{ $ref: "nowhere" }] },
    ),
    { token: "x", mode: 3 },
    { token: "SECRET", mode: 3 },
  ],
};
for (const [what, [schema, options, expected]] of Object.entries(found)) {
  test(`${what}: every secret is converted`, async () => {
    const loaded = await load(schema, options);
    assert.equal(shown(loaded.options), expected, loaded.problem);
  });
}

test("a secret whose form is the plugin's own is never passed as it was written", async () => {
  const schema = fields({ token: { "x-value": "secret", type: "array", items: text } });
  const { options } = await load(schema, { token: ["x"] });
  const { token: source } = options as { token: { read(): Promise<unknown> } };
  const error = await source.read().catch((thrown: unknown) => thrown);
  assert.ok(isMlflowAuthError(error) && error.code === "SECRET_SOURCE", String(error));
});

test.run();
