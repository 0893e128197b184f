import { invalid, MlflowError } from "../http/mlflow-error.js";
import type { Value } from "./filter.js";
import { tokensOf } from "./tokens.js";

/** One entry of `order_by`. */
export interface Order {
  /** `metrics.acc`, as it stands there. */
  readonly name: string;
  readonly descending: boolean;
}

/** @throws MlflowError */
export function parseOrder(text: string): Order {
  const { tokens, rest } = tokensOf(text);
  const [name, direction, ...more] = tokens;
  if (name?.kind !== "name" || more.length > 0 || rest !== "")
    throw invalid(`Invalid order_by clause '${text}'. Could not be parsed.`);
  const word = direction?.text.toLowerCase() ?? "asc";
  if (word !== "asc" && word !== "desc") throw invalid(`Invalid ordering key in order_by clause '${text}'.`);
  return { name: name.text, descending: word === "desc" };
}

/** @throws MlflowError where one thing is named twice */
export function checkOrderUnique(keys: readonly string[], orderBy: readonly string[]): void {
  if (new Set(keys).size === keys.length) return;
  const shown = orderBy.map((text) => `'${text}'`).join(", ");
  throw new MlflowError("INTERNAL_ERROR", `\`order_by\` contains duplicate fields: [${shown}]`);
}

/** Compares by each order in turn; `last` decides between things that all orders hold for equal. */
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

/** What is absent comes last in both directions, what is not a number before that. */
export function compare(a: Value | undefined, b: Value | undefined, descending: boolean): number {
  const rank = (value: Value | undefined) => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (a === b || rank(a) > 0) return 0;
  const ascending = (a as Value) < (b as Value) ? -1 : 1;
  return descending ? -ascending : ascending;
}
