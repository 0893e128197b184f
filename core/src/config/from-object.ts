import { pointerTo } from "./problems.js";
import { type Data, type DataObject, MAX_DEPTH, type ReadFile, type SyntaxProblem } from "./read.js";

/** Copies a configuration given as an object to plain data: it may be anything, and nobody may change it from outside later. */
export function fromObject(config: unknown): ReadFile {
  const problems: SyntaxProblem[] = [];

  function copy(value: unknown, pointer: string, depth: number): Data {
    if (depth > MAX_DEPTH) {
      problems.push({ pointer, position: undefined, message: "this is nested too deeply" });
      return null;
    }
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      return value;
    if (Array.isArray(value)) return value.map((item, index) => copy(item, pointerTo(pointer, index), depth + 1));
    if (typeof value === "object") {
      const object: DataObject = Object.create(null);
      for (const [key, item] of Object.entries(value)) {
        if (item !== undefined) object[key] = copy(item, pointerTo(pointer, key), depth + 1);
      }
      return object;
    }
    problems.push({ pointer, position: undefined, message: "this is neither text, number, boolean, list nor object" });
    return null;
  }

  return { data: copy(config, "", 0), positions: new Map(), problems };
}
