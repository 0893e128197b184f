/** Follows data through a JSON Schema: which parts of the schema speak about which place. */
import { pointerTo, stepsOf } from "./problems.js";
import type { Data, DataObject } from "./read.js";

/** A JSON Schema (draft-07) that is an object. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

const NO_SCHEMA: Schema = {};

/** Places that the data and the schema of a plugin could have, looked at for one file. More of them come from a schema that doubles itself. */
const MOST_STEPS = 1_000_000;

/** A part of a schema, and where it stands: `#/properties/token`. */
export interface Referenced {
  readonly schema: unknown;
  readonly place: string;
  /** Whether it is one of the shared values, or a part of one. */
  readonly isValue: boolean;
}

/** Answers which parts of one schema speak about which place of data. Throws RangeError for a schema that refers to itself without end. */
export class SchemaWalker {
  readonly #root: Schema;
  readonly #values: Schema;
  #steps = 0;

  /**
   * @param root the schema; its references may point into itself (`#/…`) or to the shared values
   * @param values values.schema.json
   */
  constructor(root: Schema, values: Schema) {
    this.#root = root;
    this.#values = values;
  }

  get root(): Schema {
    return this.resolve(this.#root);
  }

  /** The schema with its reference followed; of what can be said but once, what stands beside the reference wins. */
  resolve(schema: unknown): Schema {
    if (++this.#steps > MOST_STEPS) throw new RangeError("this schema has too many places");
    if (!isObject(schema)) return NO_SCHEMA;
    const { $ref, ...beside } = schema;
    if (typeof $ref !== "string") return schema;
    return both(this.resolve(this.target($ref)?.schema), beside);
  }

  /** What a reference leads to; undefined for one of another kind, which a validator may understand: by an anchor or an `$id`. */
  target($ref: string): Referenced | undefined {
    const [, id, fragment] = /^(mlflow-auth:values)?#((?:\/.*)?)$/.exec($ref) ?? [];
    if (fragment === undefined) return undefined;
    const steps = stepsOf(decoded(fragment));
    const schema = steps.reduce<unknown>(
      (at, step) => memberOf(at, step),
      id === undefined ? this.#root : this.#values,
    );
    return schema === undefined ? undefined : { schema, place: `#${fragment}`, isValue: id !== undefined };
  }

  /** The schema itself, what it combines by `allOf`, and the branch that its `discriminator` picks for this value. */
  applicable(schema: Schema, value: unknown): Schema[] {
    const found = [schema];
    for (const part of list(schema["allOf"])) found.push(...this.applicable(this.resolve(part), value));
    const branch = this.branch(schema, value);
    if (branch) found.push(...this.applicable(branch, value));
    return found;
  }

  branch(schema: Schema, value: unknown): Schema | undefined {
    const tag = discriminatorOf(schema);
    if (tag === undefined || !isObject(value)) return undefined;
    return this.branches(schema).find((branch) =>
      tagValues(this.resolve(objectOf(branch["properties"])[tag])).includes(value[tag]),
    );
  }

  branches(schema: Schema): Schema[] {
    return list(schema["oneOf"]).map((branch) => this.resolve(branch));
  }

  /** The schemas of all properties that these schemas name. */
  properties(schemas: readonly Schema[]): Map<string, Schema> {
    const found = new Map<string, Schema>();
    for (const schema of schemas) {
      for (const [key, property] of Object.entries(objectOf(schema["properties"]))) {
        found.set(key, both(found.get(key) ?? NO_SCHEMA, this.resolve(property)));
      }
    }
    return found;
  }

  /** The schema of one member of an object or a list. */
  child(schemas: readonly Schema[], properties: ReadonlyMap<string, Schema>, key: string | number): Schema {
    const [keyword, given] =
      typeof key === "number" ? ["items", undefined] : ["additionalProperties", properties.get(key)];
    // What one part names may be additional to another.
    const others = schemas.filter(
      (schema) => isObject(schema[keyword]) && !Object.hasOwn(objectOf(schema["properties"]), key),
    );
    return others.reduce((found, schema) => both(found, this.resolve(schema[keyword])), given ?? NO_SCHEMA);
  }

  /** Every place of the data with the schemas that apply there. */
  places(
    data: Data,
    pointer = "",
    schema: Schema = this.root,
    found = new Map<string, Schema[]>(),
  ): Map<string, Schema[]> {
    const schemas = this.applicable(schema, data);
    found.set(pointer, schemas);
    if (Array.isArray(data)) {
      for (const [index, item] of data.entries()) {
        this.places(item, pointerTo(pointer, index), this.child(schemas, new Map(), index), found);
      }
    } else if (isObject(data)) {
      const properties = this.properties(schemas);
      for (const [key, item] of Object.entries(data as DataObject)) {
        this.places(item, pointerTo(pointer, key), this.child(schemas, properties, key), found);
      }
    }
    return found;
  }
}

/** Keywords of which one schema has those of one row to itself: two schemas that hold at one place are not made one there. */
const rows = [
  ["properties", "additionalProperties", "patternProperties"],
  ["items", "prefixItems"],
  ["allOf"],
  ["oneOf", "discriminator"],
  ["x-value"],
];

/** A schema that says what both say; what can be said but once, as the second says it. */
function both(first: Schema, second: Schema): Schema {
  const says = (schema: Schema, row: readonly string[]) => row.some((keyword) => keyword in schema);
  const isOne = !rows.some((row) => says(first, row) && says(second, row));
  return { ...first, ...second, ...(!isOne && { allOf: [first, second] }) };
}

/** A fragment of a URI as a pointer; empty where it is none, so that nothing is found. */
function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return "/%";
  }
}

function memberOf(value: unknown, step: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, step)
    ? (value as Record<string, unknown>)[step]
    : undefined;
}

/** What a place's schemas say by one keyword; the most particular of them wins. */
export function keyword(schemas: readonly Schema[] | undefined, name: string): unknown {
  return schemas?.findLast((schema) => name in schema)?.[name];
}

/** Whether a schema speaks about this place; otherwise it is a field that no schema names. */
export function isKnown(places: ReadonlyMap<string, readonly Schema[]>, pointer: string): boolean {
  return places.get(pointer)?.some((schema) => Object.keys(schema).length > 0) ?? false;
}

/** The property that tells the branches of a `oneOf` apart. */
export function discriminatorOf(schema: Schema): string | undefined {
  const tag = objectOf(schema["discriminator"])["propertyName"];
  return typeof tag === "string" ? tag : undefined;
}

/** Where the branches of a `oneOf` or `anyOf` say nothing but which fields have to be given: those of each. Else none. */
export function choiceOfFields(
  schema: Schema,
  combination: "oneOf" | "anyOf" = Object.hasOwn(schema, "oneOf") ? "oneOf" : "anyOf",
): readonly (readonly string[])[] {
  const branches = list(schema[combination]).map(objectOf);
  const isChoice = branches.every((branch) => Object.keys(branch).join() === "required");
  return isChoice ? branches.map((branch) => list(branch["required"]).map(String)) : [];
}

/** The values that a branch's tag may have. */
export function tagValues(tag: Schema): unknown[] {
  return "const" in tag ? [tag["const"]] : list(tag["enum"]);
}

/** Whether a value is an object in the sense of JSON: not a list, not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
