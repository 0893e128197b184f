/** An option's value from the text that somebody typed. */
import {
  type Data,
  expectation,
  interpolate,
  isNamedLikeSecret,
  type OptionsCheck,
  type Schema,
} from "@mlflow-auth/core/internal/config";
import { typesOf } from "@mlflow-auth/core/internal/environment";
import { holdsUser, NO_USER } from "./address.js";

/** @returns what is wrong with it, to follow the option's name, if it is not a value of that option */
export function readOption(
  schema: Schema,
  text: string,
  check: OptionsCheck,
): { readonly value: Data } | { readonly fault: string } {
  if (text.includes("${")) return readVariable(text);
  const value = typesOf(schema).includes("string") || typesOf(schema).length === 0 ? text : plainValue(text);
  const [error] = errorsOf(schema, value, check);
  return error === undefined ? { value } : { fault: `must be ${expectation(error, [schema])}` };
}

function errorsOf(schema: Schema, value: Data, check: OptionsCheck) {
  try {
    return check(schema, value);
  } catch {
    // Part of a schema that refers to the rest of it; the whole is judged before anything is written.
    return [];
  }
}

function readVariable(text: string): { value: Data } | { fault: string } {
  const { interpolations, findings } = interpolate(text, {});
  if (findings.some(({ code }) => code === "VARIABLE_SYNTAX")) {
    return { fault: "must have its variables written as ${NAME} or ${NAME:-default}" };
  }
  if (holdsUser(text)) return { fault: NO_USER };
  const secret = interpolations.get("")?.variables.find(isNamedLikeSecret);
  if (secret === undefined) return { value: text };
  return { fault: `is not a secret field, and the variable ${secret} is named like a credential` };
}

/** A number, true, false or a list, as YAML would read the text. */
function plainValue(text: string): Data {
  const word = text.trim();
  if (word === "true" || word === "false") return word === "true";
  if (/^[+-]?\d{1,15}(\.\d{1,15})?$/.test(word)) return Number(word);
  return /^\[.*\]$/s.test(word)
    ? word
        .slice(1, -1)
        .split(",")
        .map((item) => item.trim())
    : text;
}
