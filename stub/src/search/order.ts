/** Orders: what `order_by` of a search says, as mlflow/utils/search_utils.py reads it, and how two things compare by it. */
import { invalid, MlflowError } from "../http/mlflow-error.js";
import type { Value } from "./filter.js";
import { tokensOf } from "./tokens.js";

/** One entry of `order_by`. */
export interface Order {
  /** What is sorted by: `metrics.acc`, as it stands in the entry. */
  readonly name: string;
  readonly descending: boolean;
}

/** Reads an entry: a name, and ASC (the default) or DESC. @throws MlflowError `INVALID_PARAMETER_VALUE` for anything else */
export function parseOrder(text: string): Order {
  const { tokens, rest } = tokensOf(text);
  const [name, direction, ...more] = tokens;
  if (name?.kind !== "name" || more.length > 0 || rest !== "")
    throw invalid(`Invalid order_by clause '${text}'. Could not be parsed.`);
  const word = direction?.text.toLowerCase() ?? "asc";
  if (word !== "asc" && word !== "desc") throw invalid(`Invalid ordering key in order_by clause '${text}'.`);
  return { name: name.text, descending: word === "desc" };
}

/**
 * Checks that nothing is sorted by twice.
 *
 * @param keys what each entry sorts by; two spellings of one thing have the same key
 * @param orderBy the entries, for the message
 * @throws MlflowError `INTERNAL_ERROR` otherwise, which is MLflow's code for it
 */
export function checkOrderUnique(keys: readonly string[], orderBy: readonly string[]): void {
  if (new Set(keys).size === keys.length) return;
  const shown = orderBy.map((text) => `'${text}'`).join(", ");
  throw new MlflowError("INTERNAL_ERROR", `\`order_by\` contains duplicate fields: [${shown}]`);
}

/** A comparison for `sort`, by each order in turn. `last` decides between things that are equal by all of them. */
export function byOrders<T>(
  orders: readonly { read(thing: T): Value | undefined; readonly descending: boolean }[],
  last: (a: T, b: T) => number,
): (a: T, b: T) => number {
  return (a, b) => {
    for (const { read, descending } of orders) {
      const difference = compare(read(a), read(b), descending);
      if (difference !== 0) return difference;
    }
    return last(a, b);
  };
}

/** Compares for `sort`. In both directions, what is absent comes last, and `NaN` comes before it. */
export function compare(a: Value | undefined, b: Value | undefined, descending: boolean): number {
  const rank = (value: Value | undefined) => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (a === b || rank(a) > 0) return 0;
  const ascending = (a as Value) < (b as Value) ? -1 : 1;
  return descending ? -ascending : ascending;
}
