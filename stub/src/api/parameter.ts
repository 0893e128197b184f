/** Reads the parameters of a call one by one, with MLflow's words for what is missing or of another type. */
import { posix } from "node:path";
import { invalid, type MlflowError } from "../http/mlflow-error.js";
import type { Parameters } from "../http/read-body.js";

/** Characters of a metric's, a parameter's or a tag's name. */
const MAX_KEY = 250;

const HINT = "See the API docs for more information about request parameters.";

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

export function text(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name] ?? undefined;
  if (value !== undefined && typeof value !== "string") throw wrongType(name, value);
  return value;
}

export function requiredText(parameters: Parameters, name: string): string {
  return required(name, text(parameters, name));
}

/** A 64-bit integer, which may come as a text. */
export function integer(parameters: Parameters, name: string): bigint | undefined {
  const value = parameters[name] ?? undefined;
  if (value === undefined) return undefined;
  const isWhole = typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
  if (!isWhole && !(typeof value === "string" && /^-?\d+$/.test(value))) throw wrongType(name, value);
  return BigInt(value as string);
}

export function requiredInteger(parameters: Parameters, name: string): bigint {
  return required(name, integer(parameters, name));
}

/** A 64-bit floating-point number; `NaN`, `Infinity` and `-Infinity` come as texts. */
export function requiredFloat(parameters: Parameters, name: string): number {
  const value = required(name, parameters[name] ?? undefined);
  if (value === "NaN") return Number.NaN;
  const number = typeof value === "string" || typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) throw wrongType(name, value);
  // The database behind the real server has no infinity.
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, number));
}

export function list(parameters: Parameters, name: string): readonly unknown[] | undefined {
  const value = parameters[name] ?? undefined;
  if (value !== undefined && !Array.isArray(value)) throw wrongType(name, value);
  return value;
}

export function listOfTexts(parameters: Parameters, name: string): readonly string[] {
  const values = list(parameters, name) ?? [];
  if (!values.every((value) => typeof value === "string")) throw wrongType(name, values);
  return values as readonly string[];
}

/** Objects in a list. Anything else in it, or another thing than a list, is passed over, as protobuf's reader does. */
export function objects(parameters: Parameters, name: string): readonly Parameters[] {
  const values = parameters[name];
  if (!Array.isArray(values)) return [];
  return values.filter((value) => typeof value === "object" && value !== null && !Array.isArray(value));
}

/** One of the names or their numbers; anything else counts as not given. */
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
 * The names of metrics, parameters and tags, which MLflow may also use as file names.
 *
 * @param place the parameter that held the name, for the message
 * @param what the thing named, for a name that is too long
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

/** @param limit characters */
export function checkLength(value: string, what: string, limit: number): void {
  if (value.length > limit) throw invalid(`'${what}' exceeds the maximum length of ${limit} characters`);
}
