/** Follows data through a JSON Schema: which parts of the schema speak about which place. */
import { pointerTo, stepsOf } from "./problems.js";
import type { Data, DataObject } from "./read.js";

/** A JSON Schema (draft-07) that is an object. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

const NO_SCHEMA: Schema = {};

/** Answers which parts of one schema speak about which place of data. Throws RangeError for a schema that refers to itself without end. */
export class SchemaWalker {
  readonly #root: Schema;
  readonly #values: Schema;

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

  /** The schema with its reference followed; what the schema says beside the reference wins. */
  resolve(schema: unknown): Schema {
    if (!isObject(schema)) return NO_SCHEMA;
    const { $ref, ...beside } = schema;
    if (typeof $ref !== "string") return schema;
    const [id, fragment = ""] = $ref.split("#");
    const target = id === "" ? this.#root : id === "mlflow-auth:values" ? this.#values : undefined;
    const found = stepsOf(fragment).reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), target);
    return { ...this.resolve(found), ...beside };
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
        found.set(key, { ...found.get(key), ...this.resolve(property) });
      }
    }
    return found;
  }

  /** The schema of one member of an object or a list. */
  child(schemas: readonly Schema[], properties: ReadonlyMap<string, Schema>, key: string | number): Schema {
    if (typeof key === "number") return this.resolve(schemas.map((schema) => schema["items"]).find(isObject));
    return properties.get(key) ?? this.resolve(schemas.map((schema) => schema["additionalProperties"]).find(isObject));
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
