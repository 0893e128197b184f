/**
 * Reads the parameters of a call one by one, with MLflow's words (mlflow/server/handlers.py, mlflow/utils/validation.py) for what is
 * missing, too long or of another type. All that is thrown is an MlflowError `INVALID_PARAMETER_VALUE`. `null` counts as not given.
 */
import { posix } from "node:path";
import { invalid, type MlflowError } from "../http/mlflow-error.js";
import type { Parameters } from "../http/read-body.js";

/** Characters of a metric's, a parameter's or a tag's name. */
const MAX_KEY = 250;

const HINT = "See the API docs for more information about request parameters.";

/** The error for a parameter that must be there. It is returned, for the caller to throw. */
export function missingValue(name: string): MlflowError {
  return invalid(`Missing value for required parameter '${name}'. ${HINT}`);
}

function wrongType(name: string, value: unknown): MlflowError {
  const shown = typeof value === "bigint" ? String(value) : JSON.stringify(value);
  const hint = `Hint: Value was of type '${pythonType(value)}'.`;
  return invalid(`Invalid value ${shown} for parameter '${name}' supplied:  ${hint} ${HINT}`);
}

function pythonType(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return { string: "str", boolean: "bool", bigint: "int" }[typeof value as "string"] ?? "dict";
}

/** A value that must be there; an empty text counts as none. */
function required<T>(name: string, value: T | undefined): T {
  if (value === undefined || value === "") throw missingValue(name);
  return value;
}

/** A text, which may be empty; undefined if it is not given. @throws MlflowError for another type */
export function text(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name] ?? undefined;
  if (value !== undefined && typeof value !== "string") throw wrongType(name, value);
  return value;
}

/** A text that is not empty. @throws MlflowError if it is missing, empty or of another type */
export function requiredText(parameters: Parameters, name: string): string {
  return required(name, text(parameters, name));
}

/** A whole number, which may come as a text; undefined if it is not given. @throws MlflowError for another type */
export function integer(parameters: Parameters, name: string): bigint | undefined {
  const value = parameters[name] ?? undefined;
  if (value === undefined) return undefined;
  const isWhole = typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
  if (!isWhole && !(typeof value === "string" && /^-?\d+$/.test(value))) throw wrongType(name, value);
  return BigInt(value as string);
}

/** The same of a number that must be there. */
export function requiredInteger(parameters: Parameters, name: string): bigint {
  return required(name, integer(parameters, name));
}

/**
 * A 64-bit floating-point number that must be there. `NaN`, `Infinity` and `-Infinity` come as texts, as protobuf writes them; an
 * infinity becomes the largest number, as in MLflow's database.
 *
 * @throws MlflowError if it is missing or of another type
 */
export function requiredFloat(parameters: Parameters, name: string): number {
  const value = required(name, parameters[name] ?? undefined);
  if (value === "NaN") return Number.NaN;
  const number = typeof value === "string" || typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) throw wrongType(name, value);
  // The database behind the real server has no infinity.
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, number));
}

/** A list of anything; undefined if it is not given. @throws MlflowError for another type */
export function list(parameters: Parameters, name: string): readonly unknown[] | undefined {
  const value = parameters[name] ?? undefined;
  if (value !== undefined && !Array.isArray(value)) throw wrongType(name, value);
  return value;
}

/** A list of texts; empty if it is not given. @throws MlflowError for another type, or an entry of another type */
export function listOfTexts(parameters: Parameters, name: string): readonly string[] {
  const values = list(parameters, name) ?? [];
  if (!values.every((value) => typeof value === "string")) throw wrongType(name, values);
  return values as readonly string[];
}

/** The objects in a list. Other entries are left out, and what is not a list counts as an empty one, as protobuf's reader has it. */
export function objects(parameters: Parameters, name: string): readonly Parameters[] {
  const values = parameters[name];
  if (!Array.isArray(values)) return [];
  return values.filter((value) => typeof value === "object" && value !== null && !Array.isArray(value));
}

/**
 * A value of an enum of protobuf, which may come by its name or its number. Anything else counts as not given.
 *
 * @param numbers the number of each name
 */
export function choice<T extends string>(
  parameters: Parameters,
  name: string,
  numbers: Record<T, number>,
): T | undefined {
  const value = parameters[name];
  const names = Object.keys(numbers) as T[];
  return names.find((candidate) => candidate === value || numbers[candidate] === value);
}

/**
 * Checks the name of a metric, a parameter or a tag: letters, digits, `_ - . : /` and blanks, at most 250 characters, and no path
 * that would mean another file, for MLflow may keep it in a file of that name.
 *
 * @param place the parameter that held the name, for the message
 * @param what the thing named, for the message about a name that is too long
 * @throws MlflowError
 */
export function checkName(name: string, place: string, what: string): void {
  if (!/^[/\w.\- :]*$/.test(name))
    throw invalid(
      `Invalid value ${JSON.stringify(name)} for parameter '${place}' supplied: it has other characters than names may have.`,
    );
  const resolved = posix.normalize(name).replace(/\/$/, "");
  if (resolved !== name || resolved === "." || resolved.startsWith("..") || resolved.startsWith("/"))
    throw invalid(
      `Invalid value ${JSON.stringify(name)} for parameter '${place}' supplied: as a file it would have another name.`,
    );
  checkLength(name, what, MAX_KEY);
}

/**
 * Checks the length of a text.
 *
 * @param what the thing that is too long, for the message
 * @param limit characters
 * @throws MlflowError
 */
export function checkLength(value: string, what: string, limit: number): void {
  if (value.length > limit) throw invalid(`'${what}' exceeds the maximum length of ${limit} characters`);
}
