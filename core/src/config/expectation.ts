/** What would have been right, in words: what a value must be, and which name was probably meant. */
import type { ErrorObject } from "ajv";
import leven, { closestMatch } from "leven";
import { discriminatorOf, keyword, type Schema } from "./schema-walk.js";

const types: Record<string, string> = {
  string: "a text (a number needs quotes to be one)",
  object: "a mapping of fields",
  array: "a list",
  boolean: "true or false",
  integer: "a whole number",
  number: "a number",
  null: "empty",
};

/** What would have been right, to follow "must be". Speaks about the schema alone, never about the data. */
export function expectation(error: ErrorObject, schemas: readonly Schema[]): string {
  const expected = keyword(schemas, "x-expects");
  if (typeof expected === "string") return expected;
  const { params } = error;
  switch (error.keyword) {
    case "type":
      return [params["type"]]
        .flat()
        .map((type) => (type === "object" ? mapping(schemas) : (types[type] ?? type)))
        .join(" or ");
    case "enum":
      return oneOf(params["allowedValues"]);
    case "const":
      return oneOf([params["allowedValue"]]);
    case "pattern":
      return `a text that matches ${params["pattern"]}`;
    case "minLength":
      return params["limit"] === 1 ? "a text that is not empty" : `at least ${params["limit"]} characters long`;
    case "maxLength":
      return `at most ${params["limit"]} characters long`;
    case "minimum":
    case "exclusiveMinimum":
    case "maximum":
    case "exclusiveMaximum":
      return `${params["comparison"]} ${params["limit"]}`;
    case "minItems":
    case "minProperties":
      return `longer: at least ${params["limit"]}`;
    case "maxItems":
    case "maxProperties":
      return `shorter: at most ${params["limit"]}`;
    case "anyOf":
    case "oneOf":
      return "of one of the forms that its schema allows";
    default:
      return `different: its schema says that it ${error.message ?? "is wrong"}`;
  }
}

/** The fields that it needs are shown, so that one error does not lead into the next. */
function mapping(schemas: readonly Schema[]): string {
  const tags = schemas.flatMap((schema) => discriminatorOf(schema) ?? []);
  const needed = new Set([...tags, ...schemas.flatMap((schema) => (schema["required"] ?? []) as string[])]);
  const fields = [...needed].map((name) => `\`${name}\``).join(", ");
  return `${types["object"]} (${needed.size === 0 ? "`{}` if it needs none" : `at least ${fields}`})`;
}

/** "one of `bearer`, `basic`", with a suggestion where what was given is close to one of them. */
export function oneOf(allowed: readonly unknown[], given?: unknown): string {
  const names = allowed.map(String);
  const hint = typeof given === "string" ? didYouMean(given, names) : "";
  return `${names.length === 1 ? "" : "one of "}${names.map((name) => `\`${name}\``).join(", ")}${hint}`;
}

/** Every name that does not exist is compared with every one that does, so a file of a hundred thousand must not set the pace. */
const MAX_CANDIDATES = 200;
const MAX_LENGTH = 100;
const MAX_LISTED = 20;

/** `; did you mean X?` for the candidate closest to a name, or nothing if none is close. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const closest = similarName(name, candidates);
  return closest === undefined ? "" : `; did you mean \`${closest}\`?`;
}

/** The name among these that was probably meant, if there is one. */
export function similarName(name: string, candidates: Iterable<string>): string | undefined {
  return closestMatch(name, comparable(name, candidates), { maxDistance: slipsIn(name) });
}

/** At most three of these that may have been meant, the closest first. */
export function similarNames(name: string, candidates: Iterable<string>): string[] {
  const slips = comparable(name, candidates).map((candidate) => ({ candidate, count: leven(name, candidate) }));
  const close = slips.filter(({ count }) => count <= slipsIn(name)).sort((a, b) => a.count - b.count);
  return close.slice(0, 3).map(({ candidate }) => candidate);
}

function comparable(name: string, candidates: Iterable<string>): string[] {
  if (name.length > MAX_LENGTH) return [];
  return [...candidates].slice(0, MAX_CANDIDATES).filter(({ length }) => length <= MAX_LENGTH);
}

/** Two slips in a word of five letters, such as two that changed places, are slips; in one of three they make another word. */
const slipsIn = (name: string) => Math.max(1, Math.floor(name.length / 2.5));

/** The first twenty of these, in a row. */
export function listNames(names: readonly string[]): string {
  return `${names.slice(0, MAX_LISTED).join(", ")}${names.length > MAX_LISTED ? ", …" : ""}`;
}
