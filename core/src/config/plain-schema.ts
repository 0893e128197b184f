/** The part of JSON Schema that the quick look and ajv are known to read alike. */
import { annotations } from "@mlflow-auth/schema";
import { isObject, type Schema, tagValues } from "./schema-walk.js";

const types = new Set(["string", "number", "integer", "boolean", "null", "array", "object"]);

const isText = (value: unknown) => typeof value === "string";
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isNumber = (value: unknown) => Number.isFinite(value);
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 0;
const isScalar = (value: unknown) => value === null || isText(value) || isNumber(value) || typeof value === "boolean";
const isFilled = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0;

/** Keywords without a schema in them, and what their value has to be. */
const simple: Readonly<Record<string, (value: unknown) => boolean>> = {
  $ref: (value) => isText(value) && /^(?:mlflow-auth:values)?#(?:\/[\w$.-]+)*$/.test(value as string),
  type: (value) => [value].flat().length > 0 && [value].flat().every((type) => types.has(type as string)),
  const: isScalar,
  enum: (value) => isFilled(value) && value.every(isScalar),
  required: isTexts,
  pattern: isPattern,
  uniqueItems: (value) => typeof value === "boolean",
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  minProperties: isCount,
  maxProperties: isCount,
};

const withSchema = new Set(["additionalProperties", "items", "propertyNames", "not", "if", "then", "else"]);
const withList = new Set(["allOf", "anyOf", "oneOf"]);
const withMap = new Set(["properties", "$defs", "definitions"]);
/** Nothing that data could break: `format` as well, for ajv is told to pass over it. */
const silent = new Set([
  ...annotations,
  "title",
  "description",
  "default",
  "examples",
  "format",
  "$comment",
  "deprecated",
  "readOnly",
  "writeOnly",
]);

/**
 * A copy of a schema without the keywords that say nothing about data.
 *
 * @throws Error for anything that one of the two could read in another way, or not at all, be it only in one branch: a keyword that is
 *   stricter under a `not` takes what the other refuses
 */
export function plainSchema(schema: unknown): Schema | boolean {
  if (typeof schema === "boolean") return schema;
  if (!isObject(schema)) throw unsure();
  const plain: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (silent.has(keyword) || keyword.startsWith("x-")) continue;
    if (withSchema.has(keyword)) plain[keyword] = plainSchema(value);
    else if (withList.has(keyword) && isFilled(value)) plain[keyword] = value.map(plainSchema);
    else if (withMap.has(keyword) && isObject(value)) plain[keyword] = mapOf(value, plainSchema);
    else if (keyword === "dependencies" && isObject(value)) plain["dependentRequired"] = mapOf(value, texts);
    else if (keyword === "discriminator" && isTagged(schema)) continue;
    else if (Object.hasOwn(simple, keyword) && simple[keyword]?.(value)) plain[keyword] = value;
    else throw unsure();
  }
  return plain;
}

function mapOf(map: Readonly<Record<string, unknown>>, read: (value: unknown) => unknown): object {
  // Whatever is said about a property of that name, ajv passes over.
  if (Object.hasOwn(map, "__proto__")) throw unsure();
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, read(value)]));
}

function isPattern(value: unknown): boolean {
  // It throws for a text that is not a pattern.
  return isText(value) && new RegExp(value as string, "u") instanceof RegExp;
}

function texts(value: unknown): unknown {
  if (!isTexts(value)) throw unsure();
  return value;
}

/** Whether the `oneOf` beside it comes to the same: each branch has tags of its own, and no value can do without a tag. */
function isTagged({ discriminator, type, oneOf, required }: Schema): boolean {
  if (!isObject(discriminator) || Object.keys(discriminator).length !== 1 || type !== "object") return false;
  const tag = discriminator["propertyName"];
  if (!isText(tag) || !isFilled(oneOf)) return false;
  const isRequired = (names: unknown) => Array.isArray(names) && names.includes(tag);
  const tags = oneOf.map((branch) => {
    const { properties, required: own, $ref } = isObject(branch) ? branch : {};
    const property = isObject(properties) && Object.hasOwn(properties, tag as string) ? properties[tag as string] : {};
    const isUsable = isObject(property) && $ref === undefined && (isRequired(own) || isRequired(required));
    return isUsable ? tagValues(property) : [];
  });
  const all = tags.flat();
  return tags.every(isFilled) && all.every(isText) && new Set(all).size === all.length;
}

function unsure(): Error {
  return new Error("validators may read this schema in different ways");
}
