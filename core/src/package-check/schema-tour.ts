/** Goes through a plugin's schema, and shows each part of it once. */
import { pointerTo } from "../config/problems.js";
import { isObject, type Schema, type SchemaWalker } from "../config/schema-walk.js";

/** A part of a schema. */
export interface SchemaPart {
  /** As it stands there. */
  readonly own: Schema;
  /** With its references followed. */
  readonly schema: Schema;
  /** A JSON pointer: `/properties/token`. */
  readonly pointer: string;
  /** The name of the option that it is the schema of; undefined for an item, a branch, the whole. */
  readonly option?: string | undefined;
  /** Whether another part says of the same place which fields it has, so that this one need not. */
  readonly isClosed: boolean;
}

/** Parts about the same place as the schema that has them. */
const branches = ["allOf", "anyOf", "oneOf"];
const conditions = ["if", "then", "else"];

/**
 * Every part that speaks about data: properties, items, branches and what they refer to, the shared values apart.
 *
 * @throws RangeError for a schema without end
 */
export function tourOf(root: Schema, walker: SchemaWalker): SchemaPart[] {
  const found: SchemaPart[] = [];
  const seen = new Set<unknown>();

  function visit(
    own: unknown,
    pointer: string,
    { option, isClosed = false }: { option?: string; isClosed?: boolean } = {},
  ): void {
    if (!isObject(own) || seen.has(own)) return;
    seen.add(own);
    const schema = walker.resolve(own);
    const part = { own, schema, pointer, option, isClosed };
    found.push(part);
    const { $ref } = own;
    const target = typeof $ref === "string" ? walker.target($ref) : undefined;
    if (target?.isValue === true) return;
    const closed = isClosed || isClosedBy(schema, walker);
    if (target !== undefined) visit(target.schema, target.place.slice(1), { isClosed: closed });
    for (const keyword of ["properties", "patternProperties"]) {
      const named = own[keyword];
      if (!isObject(named)) continue;
      for (const [name, property] of Object.entries(named))
        visit(property, pointerTo(pointer, keyword, name), { option: name });
    }
    for (const keyword of ["items", "additionalProperties"]) visit(own[keyword], pointerTo(pointer, keyword));
    for (const keyword of branches) {
      const list = own[keyword];
      if (!Array.isArray(list)) continue;
      for (const [index, branch] of list.entries())
        visit(branch, pointerTo(pointer, keyword, index), { isClosed: closed });
    }
    // A condition asks for some fields, and forbids none.
    for (const keyword of conditions) visit(own[keyword], pointerTo(pointer, keyword), { isClosed: true });
  }

  visit(root, "");
  return found;
}

/** Whether a schema says which fields there are: it, a part of its `allOf`, or each branch that it may take. */
export function isClosedBy(schema: Schema, walker: SchemaWalker): boolean {
  const { additionalProperties, allOf, oneOf, anyOf } = schema;
  // A schema in that place makes a map of it, whose keys are the user's.
  if (additionalProperties === false || isObject(additionalProperties)) return true;
  const isClosed = (part: unknown) => isClosedBy(walker.resolve(part), walker);
  if (Array.isArray(allOf) && allOf.some(isClosed)) return true;
  return [oneOf, anyOf].some(
    (list) => Array.isArray(list) && list.length > 0 && list.every((one) => !isObjects(one, walker) || isClosed(one)),
  );
}

/** Whether a schema takes objects, as far as it says. */
export function isObjects(part: unknown, walker: SchemaWalker): boolean {
  const { type, properties, oneOf, anyOf } = walker.resolve(part);
  if (type !== undefined) return [type].flat().includes("object");
  return (
    isObject(properties) ||
    [oneOf, anyOf].some((list) => Array.isArray(list) && list.some((one) => isObjects(one, walker)))
  );
}
