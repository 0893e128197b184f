/** What a plugin asks to be told, derived from the schema of its options. */
import { configSchema, valuesSchema } from "@mlflow-auth/schema";
import type { Data, DataObject } from "../config/read.js";
import {
  choiceOfFields,
  discriminatorOf,
  isObject,
  type Schema,
  SchemaWalker,
  tagValues,
} from "../config/schema-walk.js";

/** One option, as a question about it needs it. */
export interface Field {
  /** Its keys from the instance's options downwards. */
  readonly path: readonly string[];
  readonly schema: Schema;
  readonly kind: "secret" | "choice" | "boolean" | "text";
  /** Where it may be left out although it is asked for: how to log in, for example, has a default that no schema can hold. */
  readonly optional: boolean;
  readonly description: string;
  /** What may be chosen, where it is a choice. */
  readonly choices: readonly Choice[];
  /** The vendor's own variables, of which the first that is set holds where the file does not say. */
  readonly variables: readonly string[];
}

/** One of the values that an option may have. */
export interface Choice {
  readonly value: Data;
  readonly description: string;
}

/** The options of one plugin, as questions. Throws RangeError for a schema that refers to itself without end. */
export class OptionForm {
  readonly #walker: SchemaWalker;

  constructor(schema: Schema) {
    const { properties } = (configSchema.$defs as Record<string, Schema>)["instance"] as Schema;
    const options = isObject(schema["properties"]) ? schema["properties"] : {};
    this.#walker = new SchemaWalker({ ...schema, properties: { ...(properties as object), ...options } }, valuesSchema);
  }

  /** What has to be given and is not, and what is better not left to a default: in the schema's order. */
  open(options: DataObject): Field[] {
    return [...this.#open(this.#walker.root, options, [])];
  }

  *#open(schema: Schema, value: DataObject, path: readonly string[]): Generator<Field> {
    const tag = discriminatorOf(schema);
    if (tag !== undefined && value[tag] === undefined) return yield this.#choiceOf(schema, tag, [...path, tag], false);
    const schemas = this.#walker.applicable(schema, value);
    const required = new Set(
      schemas.flatMap((part) => [...((part["required"] ?? []) as string[]), ...usualChoice(part, value)]),
    );
    for (const [key, property] of this.#walker.properties(schemas)) {
      const given = value[key];
      const place = [...path, key];
      const group = discriminatorOf(property);
      if (isObject(given) && property["x-value"] === undefined) yield* this.#open(property, given as DataObject, place);
      else if (given !== undefined || "default" in property) continue;
      else if (group !== undefined) yield this.#choiceOf(property, group, [...place, group], !required.has(key));
      else if (required.has(key)) yield* this.#given(property, place);
    }
  }

  /** The members of a required group, or the option itself. */
  *#given(property: Schema, path: readonly string[]): Generator<Field> {
    const isGroup = property["type"] === "object" && isObject(property["properties"]);
    if (isGroup && property["x-value"] === undefined) yield* this.#open(property, {}, path);
    else yield fieldOf(property, path);
  }

  #choiceOf(schema: Schema, tag: string, path: readonly string[], optional: boolean): Field {
    const choices = this.#walker.branches(schema).flatMap((branch) => {
      const values = tagValues(this.#walker.properties([branch]).get(tag) ?? {});
      return values.map((value) => ({ value: value as Data, description: textOf(branch["description"]) }));
    });
    return { ...fieldOf(schema, path), kind: "choice", choices, optional };
  }

  /** The schemas of what is given, by JSON pointer. */
  places(options: DataObject): ReadonlyMap<string, readonly Schema[]> {
    return this.#walker.places(options);
  }

  /** The same options in the schema's order. */
  inOrder(options: DataObject): DataObject {
    const sort = (schema: Schema, value: DataObject): DataObject => {
      const properties = this.#walker.properties(this.#walker.applicable(schema, value));
      const keys = [...properties.keys(), ...Object.keys(value)].filter((key) => Object.hasOwn(value, key));
      const sorted = [...new Set(keys)].map((key) => {
        const inner = value[key] as Data;
        return [key, isObject(inner) ? sort(properties.get(key) ?? {}, inner as DataObject) : inner];
      });
      return Object.fromEntries(sorted);
    };
    return sort(this.#walker.root, options);
  }

  /** Every option with a vendor's variable that holds without a choice being made before. */
  withVariables(): Field[] {
    const found: Field[] = [];
    const visit = (schema: Schema, path: readonly string[]) => {
      for (const [key, property] of this.#walker.properties(this.#walker.applicable(schema, {}))) {
        const field = fieldOf(property, [...path, key]);
        if (field.variables.length > 0) found.push(field);
        else if (property["x-value"] === undefined && isObject(property["properties"])) visit(property, field.path);
      }
    };
    visit(this.#walker.root, []);
    return found;
  }
}

/** Of the fields of which one has to be given the first, unless another is there: what is asked for is what most people have. */
function usualChoice(schema: Schema, value: DataObject): readonly string[] {
  const choice = choiceOfFields(schema);
  return choice.some((names) => names.every((name) => value[name] !== undefined)) ? [] : (choice[0] ?? []);
}

function fieldOf(schema: Schema, path: readonly string[]): Field {
  const values = Array.isArray(schema["enum"]) ? (schema["enum"] as Data[]) : [];
  const kind = schema["x-value"] === "secret" ? "secret" : typesOf(schema)[0] === "boolean" ? "boolean" : "text";
  const named = Array.isArray(schema["x-env"]) ? schema["x-env"].map(String) : [];
  const variables = named.filter((name) => /^[A-Za-z_]\w*$/.test(name));
  return {
    path,
    schema,
    kind: values.length > 0 ? "choice" : kind,
    optional: false,
    description: textOf(schema["description"]),
    choices: values.map((value) => ({ value, description: "" })),
    variables,
  };
}

/** The types that a schema allows; none where it does not say. */
export function typesOf(schema: Schema): unknown[] {
  return [schema["type"] ?? []].flat();
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
