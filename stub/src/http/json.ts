/**
 * JSON with 64-bit integers: timestamps and steps are `bigint` here and plain numbers on the wire, as MLflow has them.
 * `JSON.parse` alone would round whatever is larger than 2^53.
 */

type Reviver = (name: string, value: unknown, context?: { source?: string }) => unknown;
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Reads JSON. Integers that a number can't hold exactly become `bigint`. @throws SyntaxError */
export function parseJson(text: string): unknown {
  return parse(text, (_, value, context) => {
    const source = context?.source;
    const isLarge = typeof value === "number" && !Number.isSafeInteger(value);
    return isLarge && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
  });
}

/**
 * Writes JSON, indented by two. Undefined fields are left out. `NaN` and the infinities, for which JSON has no number, become texts, as
 * protobuf writes them.
 */
export function formatJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, field) => {
      if (typeof field === "bigint") return rawJSON(String(field));
      if (typeof field === "number" && !Number.isFinite(field)) return String(field);
      return field;
    },
    2,
  );
}
