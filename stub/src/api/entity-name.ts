import { posix } from "node:path";
import { invalid } from "../http/mlflow-error.js";

/** Characters. */
const MAX_KEY = 250;

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
