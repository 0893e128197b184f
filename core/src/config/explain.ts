/** Turns what ajv found into problems: a place, a code and a sentence, and never a value. */
import type { ErrorObject } from "ajv";
import type { ErrorCode } from "../errors/codes.js";
import { removal } from "../secret/missing-variable.js";
import { expectation, oneOf, similarName } from "./expectation.js";
import type { Interpolation } from "./interpolate.js";
import { fieldName, isPrintable, type ProblemList, pointerTo } from "./problems.js";
import type { Data } from "./read.js";
import { choiceOfFields, discriminatorOf, keyword, type Schema, type SchemaWalker, tagValues } from "./schema-walk.js";

/** What a validator judged, and where it came from. */
export interface ValidationContext {
  readonly walker: SchemaWalker;
  readonly data: Data;
  /** Where the data stands in the file. */
  readonly pointer: string;
  /** The places that an environment variable filled, as `complete` has them. */
  readonly fromEnvironment: ReadonlyMap<string, readonly string[]>;
  /** The places that a variable would have filled, had an `exec` not taken it out. Default: none. */
  readonly removed?: ReadonlyMap<string, string>;
  /** The texts that the file fills from variables. */
  readonly interpolations: ReadonlyMap<string, Interpolation>;
}

type Explanation = readonly [code: ErrorCode, pointer: string, at: "key" | "value", message: string, meant?: string];

/** Keywords that only say that another one failed. */
const echoes = new Set(["if", "propertyNames"]);
const combinations = new Set(["anyOf", "oneOf", "not"]);

/** Adds a problem for each of ajv's errors, but for those that only say that another one failed. */
export function explain(errors: readonly ErrorObject[], context: ValidationContext, problems: ProblemList): void {
  if (errors.length === 0) return;
  const places = context.walker.places(context.data, context.pointer);
  const combined = new Set(
    errors.filter(({ keyword }) => combinations.has(keyword)).map(({ schemaPath }) => schemaPath),
  );
  for (const error of errors) {
    // What failed inside a combination is one of several ways to be right; the combination itself is what to tell.
    const inside = [...combined].some((path) => error.schemaPath.startsWith(`${path}/`));
    if (!inside && !echoes.has(error.keyword)) problems.add(...explainOne(error, context, places));
  }
}

function explainOne(
  error: ErrorObject,
  context: ValidationContext,
  places: ReadonlyMap<string, Schema[]>,
): Explanation {
  const { walker, pointer } = context;
  const place = `${pointer}${error.instancePath}`;
  const schemas = places.get(place) ?? [];
  const { params } = error;
  if (error.propertyName !== undefined) {
    const message =
      "this key must begin with a letter or digit and go on with letters, digits, dots, dashes and underscores";
    return ["WRONG_VALUE", pointerTo(place, error.propertyName), "key", message];
  }
  if (error.keyword === "additionalProperties") {
    return unknownField(place, params["additionalProperty"], [...walker.properties(schemas).keys()]);
  }
  if (error.keyword === "required") return missingField(place, params["missingProperty"], context, schemas);
  if (error.keyword === "discriminator") {
    const { tag, tagValue } = params;
    if (tagValue === undefined) return missingField(place, tag, context, schemas);
    const message = `${named(pointerTo(place, tag))} must be ${oneOf(tagsOf(schemas, tag, walker), tagValue)}`;
    return ["WRONG_VALUE", pointerTo(place, tag), "value", message];
  }
  const choice = error.keyword === "oneOf" ? schemas.flatMap(choiceOfFields) : [];
  if (choice.length > 0) return wrongChoice(place, choice, params["passingSchemas"] !== null);
  const code = error.keyword === "type" ? "WRONG_TYPE" : "WRONG_VALUE";
  const message = `${named(place)}${filledBy(place, context)} must be ${expectation(error, schemas)}`;
  return [code, place, "value", message];
}

/** The file is not to blame for what a variable holds: a part of a sentence that names it; "" where a place is filled by none. */
export function filledBy(
  place: string,
  { fromEnvironment, interpolations }: Pick<ValidationContext, "fromEnvironment" | "interpolations">,
): string {
  const [first, ...others] = [fromEnvironment.get(place)?.[0] ?? interpolations.get(place)?.variables ?? []].flat();
  if (first === undefined) return "";
  if (others.length === 0) return `, which the variable ${first} fills,`;
  return `, which the variables ${[first, ...others].join(" and ")} fill,`;
}

/** @param isConflict more than one is given; else none is */
function wrongChoice(place: string, choice: readonly (readonly string[])[], isConflict: boolean): Explanation {
  const fields = choice.map((names) => names.map((name) => `\`${name}\``).join(" with ")).join(" or ");
  const needs = `${named(place)} needs either ${fields}`;
  if (isConflict) return ["FIELD_CONFLICT", place, "value", `${needs}, and has more than one of them`];
  return ["MISSING_FIELD", place, "value", needs];
}

function unknownField(place: string, key: string, known: readonly string[]): Explanation {
  const pointer = pointerTo(place, key);
  const meant = isPrintable(key) ? (similarName(key, known) ?? otherForm(key, known)) : undefined;
  const hint = meant === undefined ? `; there are: ${known.join(", ") || "none"}` : `; did you mean \`${meant}\`?`;
  const message = `${named(pointer)} does not exist${hint}`;
  if (meant === undefined) return ["UNKNOWN_FIELD", pointer, "key", message];
  return ["UNKNOWN_FIELD", pointer, "key", message, pointerTo(place, meant)];
}

/** What the other form of the file calls the address of a server. */
function otherForm(key: string, known: readonly string[]): string | undefined {
  const other = { uri: "trackingUri", trackingUri: "uri" }[key];
  return other !== undefined && known.includes(other) ? other : undefined;
}

function missingField(
  place: string,
  name: string,
  { walker, removed }: ValidationContext,
  schemas: readonly Schema[],
): Explanation {
  const pointer = pointerTo(place, name);
  const gone = removed?.get(pointer);
  if (gone !== undefined) {
    const { state, remedy } = removal(gone);
    return [
      "MISSING_FIELD",
      pointer,
      "key",
      `${named(pointer)} is missing, and the variable ${gone} ${state}: ${remedy}`,
    ];
  }
  const variables = keyword([walker.properties(schemas).get(name) ?? {}], "x-env");
  const fallBack = Array.isArray(variables) ? `, and so is the variable ${variables.join(" or ")}` : "";
  return ["MISSING_FIELD", pointer, "key", `${named(pointer)} is missing${fallBack}`];
}

/** The values that the branches of a discriminated `oneOf` ask of their tag. */
function tagsOf(schemas: readonly Schema[], tag: string, walker: SchemaWalker): unknown[] {
  const schema = schemas.find((candidate) => discriminatorOf(candidate) === tag);
  if (schema === undefined) return [];
  return walker.branches(schema).flatMap((branch) => tagValues(walker.properties([branch]).get(tag) ?? {}));
}

function named(place: string): string {
  return place === "" ? "the file" : `\`${fieldName(place)}\``;
}
