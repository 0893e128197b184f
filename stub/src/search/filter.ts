/** Filters: comparisons joined by AND, as mlflow/utils/search_utils.py reads them, and whether they hold. */
import { invalid } from "../http/mlflow-error.js";
import { type Token, tokensOf, unquoted } from "./tokens.js";

/** What a comparison is about. Times are milliseconds since the Unix epoch, in a `bigint` where a client set them. */
export type Value = string | number | bigint;

/** MLflow's comparators. In a filter, the words may be in lower case. */
export type Operator =
  | "="
  | "!="
  | ">"
  | ">="
  | "<"
  | "<="
  | "LIKE"
  | "ILIKE"
  | "IN"
  | "NOT IN"
  | "IS NULL"
  | "IS NOT NULL";

/** One comparison of a filter; all of them must hold. */
export interface Clause {
  /** What is compared: `params.lr`, as it stands in the filter. */
  readonly name: string;
  /** In upper case. Signs are as they came: not every one is an {@link Operator}. */
  readonly operator: string;
  /** Undefined for IS NULL and IS NOT NULL. */
  readonly value: Token | undefined;
}

/**
 * Reads a filter. No filter, or an empty one, gives no clauses.
 *
 * @throws MlflowError `INVALID_PARAMETER_VALUE` for anything but comparisons joined by AND
 */
export function parseFilter(filter: string | undefined): Clause[] {
  const { tokens, rest } = tokensOf(filter ?? "");
  if (rest !== "") throw invalidClause(rest);
  const clauses: Clause[] = [];
  while (tokens.length > 0) {
    clauses.push(nextClause(tokens));
    const [and] = tokens;
    if (and === undefined) break;
    if (and.text.toUpperCase() !== "AND") throw invalidClause(and.text);
    tokens.shift();
  }
  return clauses;
}

function nextClause(tokens: Token[]): Clause {
  const [name] = tokens.splice(0, 1);
  if (name?.kind !== "name") throw invalidClause(name?.text ?? "");
  const operator = nextOperator(tokens);
  if (operator === undefined) throw invalidClause(name.text);
  if (operator.startsWith("IS")) return { name: name.text, operator, value: undefined };
  const value = tokens.shift();
  if (value === undefined || value.kind === "operator") throw invalidClause(`${name.text} ${operator}`);
  return { name: name.text, operator, value };
}

/** One sign, or one to three keywords. Undefined if neither comes next. */
function nextOperator(tokens: Token[]): string | undefined {
  if (tokens[0]?.kind === "operator") return tokens.shift()?.text;
  const words = tokens.slice(0, 3).map(({ text }) => text.toUpperCase());
  for (const count of [3, 2, 1]) {
    const candidate = words.slice(0, count).join(" ");
    if (!/^(IS NULL|IS NOT NULL|(NOT )?(LIKE|ILIKE|IN))$/.test(candidate)) continue;
    tokens.splice(0, count);
    return candidate;
  }
  return undefined;
}

function invalidClause(text: string) {
  return invalid(`Invalid clause(s) in filter string: '${text}'`);
}

/** The strings of a list such as `('a', 'b')`, without their quotes. */
export function stringsOf(list: Token): string[] {
  return tokensOf(list.text.slice(1, -1).replaceAll(",", " ")).tokens.map(({ text }) => unquoted(text));
}

/**
 * Whether a comparison holds.
 *
 * @param left undefined if what is compared does not exist: then only IS NULL holds
 * @param right a list for IN and NOT IN; not looked at for IS NULL and IS NOT NULL
 */
export function holds(left: Value | undefined, operator: Operator, right: Value | readonly string[]): boolean {
  if (operator === "IS NULL" || operator === "IS NOT NULL") return (left === undefined) === (operator === "IS NULL");
  if (left === undefined) return false;
  if (typeof right === "object") return right.includes(String(left)) === (operator === "IN");
  const comparable = typeof left === "bigint" ? Number(left) : left;
  switch (operator) {
    case "=":
      return comparable === right;
    case "!=":
      return comparable !== right;
    case ">":
      return comparable > right;
    case ">=":
      return comparable >= right;
    case "<":
      return comparable < right;
    case "<=":
      return comparable <= right;
    default:
      return likeness(String(right), operator === "ILIKE").test(String(left));
  }
}

/** A pattern of SQL: `%` stands for any text, `_` for one character. */
function likeness(pattern: string, ignoreCase: boolean): RegExp {
  const source = pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return new RegExp(`^${source}$`, ignoreCase ? "is" : "s");
}
