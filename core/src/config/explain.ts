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
  // What failed inside a combination is one of several ways to be right; the combination itself is what to tell.
  const isInside = ({ schemaPath }: ErrorObject) => [...combined].some((path) => schemaPath.startsWith(`${path}/`));
  const told = errors.filter((error) => !isInside(error) && !echoes.has(error.keyword));
  // A combination speaks of a whole value, and must not hide what is wrong within it.
  const [whole, parts] = [true, false].map((isWhole) =>
    told.filter(({ keyword }) => combinations.has(keyword) === isWhole),
  ) as [ErrorObject[], ErrorObject[]];
  const meant = new Set<string>();
  for (const error of parts) {
    const explanation = explainOne(error, context, places, meant);
    if (explanation[4] !== undefined) meant.add(explanation[4]);
    problems.add(...explanation);
  }
  for (const error of whole) problems.add(...explainOne(error, context, places, meant));
}

function explainOne(
  error: ErrorObject,
  context: ValidationContext,
  places: ReadonlyMap<string, Schema[]>,
  meant: ReadonlySet<string>,
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
  if (error.keyword === "oneOf" || error.keyword === "anyOf") {
    const { keyword: combination } = error;
    const choice = schemas.flatMap((schema) => choiceOfFields(schema, combination));
    const conflict: number[] | null = params["passingSchemas"] ?? null;
    if (choice.length > 0 && conflict !== null) return conflictOf(place, choice, conflict, context);
    if (choice.length > 0) return missingChoice(place, choice, combination, context, schemas, meant);
  }
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

/** Fields that have to be given, in several ways: of one way, all. */
type Choice = readonly (readonly string[])[];

const listed = (choice: Choice) =>
  choice.map((names) => names.map((name) => `\`${name}\``).join(" with ")).join(" or ");

/**
 * It stands at a field of the file, and names the variables that gave others: the file alone may have one of them.
 *
 * @param given the ways of which all fields are given: more than one
 */
function conflictOf(
  place: string,
  choice: Choice,
  given: readonly number[],
  { fromEnvironment }: ValidationContext,
): Explanation {
  const names = given.flatMap((way) => choice[way] ?? []);
  const variableOf = (name: string) => fromEnvironment.get(pointerTo(place, name))?.[0];
  const filled = [...new Set(names)].flatMap((name) => {
    const variable = variableOf(name);
    return variable === undefined ? [] : [`the variable ${variable} gives \`${name}\``];
  });
  const origins = filled.length === 0 ? "" : `: ${filled.join(", ")}`;
  const name = names.findLast((one) => variableOf(one) === undefined) ?? names.at(-1) ?? "";
  const message = `${named(place)} needs either ${listed(choice)}, and has more than one of them${origins}`;
  return ["FIELD_CONFLICT", pointerTo(place, name), "key", message];
}

/** It stands at one of the missing fields, so that it hides nothing else; at the one that a misspelt field was meant to be. */
function missingChoice(
  place: string,
  choice: Choice,
  combination: "oneOf" | "anyOf",
  context: ValidationContext,
  schemas: readonly Schema[],
  meant: ReadonlySet<string>,
): Explanation {
  const names = choice.flat();
  const gone = names.find((name) => context.removed?.has(pointerTo(place, name)));
  if (gone !== undefined) return missingField(place, gone, context, schemas);
  const properties = context.walker.properties(schemas);
  const variables = names.flatMap((name) => keyword([properties.get(name) ?? {}], "x-env") ?? []);
  const fallBack = variables.length === 0 ? "" : `, and no variable gives one: ${variables.join(", ")}`;
  const message = `${named(place)} needs ${combination === "oneOf" ? "either " : ""}${listed(choice)}${fallBack}`;
  const pointers = names.map((name) => pointerTo(place, name));
  return ["MISSING_FIELD", pointers.find((pointer) => meant.has(pointer)) ?? pointers[0] ?? place, "key", message];
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
