/** The regular expressions of a schema, and whether users wait for them. */
import { pointerTo } from "../config/problems.js";
import { isObject, type Schema } from "../config/schema-walk.js";
import { finding, type PackageFinding } from "./finding.js";
import { canTakeForEver } from "./pattern-trial.js";

/** Keywords whose values are data, in which nothing is a pattern. */
const DATA = new Set(["const", "default", "enum", "examples"]);
/** Keywords whose members have names of the author's own. */
const NAMED = new Set(["properties", "patternProperties", "$defs", "definitions"]);

/** Without the file: pointers lead into the schema. Each pattern is tried once, wherever it stands. */
export function slowPatternFindings(root: Schema): PackageFinding[] {
  const slow = new Map<string, boolean>();
  const isSlow = (source: string) => {
    const known = slow.get(source) ?? canTakeForEver(source);
    slow.set(source, known);
    return known;
  };
  return patternsIn(root, "").flatMap(({ source, pointer }) => {
    if (!isSlow(source)) return [];
    const what = "this pattern goes back and forth without end over a short text that it does not match";
    const remedy = "let no text within a repetition be matched in several ways: `a+` in place of `(a+)+`";
    return [finding("error", "slow-pattern", pointer, what, remedy)];
  });
}

function patternsIn(
  schema: unknown,
  pointer: string,
  areNames = false,
): { readonly source: string; readonly pointer: string }[] {
  if (Array.isArray(schema)) return schema.flatMap((part, index) => patternsIn(part, pointerTo(pointer, index)));
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const at = pointerTo(pointer, key);
    if (areNames) return patternsIn(value, at);
    if (key === "pattern") return typeof value === "string" ? [{ source: value, pointer: at }] : [];
    if (DATA.has(key)) return [];
    const named =
      key === "patternProperties" && isObject(value)
        ? Object.keys(value).map((source) => ({ source, pointer: pointerTo(at, source) }))
        : [];
    return [...named, ...patternsIn(value, at, NAMED.has(key))];
  });
}
