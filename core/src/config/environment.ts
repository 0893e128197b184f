/** Completes options before they are judged: environment fall-backs, defaults, and `${…}` that fills a whole boolean, number or list. */
import { wasRemoved } from "../secret/missing-variable.js";
import type { Environment, Interpolation } from "./interpolate.js";
import { pointerTo } from "./problems.js";
import type { Data, DataObject } from "./read.js";
import { discriminatorOf, isObject, type Schema, type SchemaWalker } from "./schema-walk.js";

/** What the file and the environment say together. */
export interface Completed {
  readonly data: Data | undefined;
  /** The places that an environment variable filled: its name, and after it those that are set and would have been next. */
  readonly fromEnvironment: ReadonlyMap<string, readonly string[]>;
  /** The places that a variable would have filled, had an `exec` around the program not taken it out, with its name. */
  readonly removed: ReadonlyMap<string, string>;
}

/** What options are completed from. */
export interface Sources {
  readonly walker: SchemaWalker;
  readonly env: Environment;
  readonly interpolations: ReadonlyMap<string, Interpolation>;
}

/**
 * For each property that is not given: the first of its `x-env` variables that is set, else its `default`. An object that is not
 * given comes into being where one of its properties falls back to a variable. The data given is not changed.
 */
export function complete(data: Data, pointer: string, { walker, env, interpolations }: Sources): Completed {
  const fromEnvironment = new Map<string, readonly string[]>();
  const removed = new Map<string, string>();

  function visit(value: Data | undefined, place: string, schema: Schema): Data | undefined {
    if (value === undefined) return missing(place, schema);
    if (typeof value === "string")
      return interpolations.get(place)?.whole ? readAs(value, schema, ["true"], ["false"]) : value;
    if (Array.isArray(value)) {
      const schemas = walker.applicable(schema, value);
      return value.map(
        (item, index) => visit(item, pointerTo(place, index), walker.child(schemas, new Map(), index)) as Data,
      );
    }
    return isObject(value) ? members(value, place, schema) : value;
  }

  function members(given: DataObject, place: string, schema: Schema): DataObject {
    const object: DataObject = Object.assign(Object.create(null), given);
    // The tag first: it may itself fall back, and it decides which properties there are.
    const tag = discriminatorOf(schema);
    if (tag !== undefined) set(object, tag, place, walker.properties([schema]).get(tag) ?? {});
    const schemas = walker.applicable(schema, object);
    const properties = walker.properties(schemas);
    for (const key of new Set([...properties.keys(), ...Object.keys(object)])) {
      set(object, key, place, walker.child(schemas, properties, key));
    }
    return object;
  }

  function set(object: DataObject, key: string, place: string, schema: Schema): void {
    const value = visit(Object.hasOwn(object, key) ? object[key] : undefined, pointerTo(place, key), schema);
    if (value !== undefined) object[key] = value;
  }

  function missing(place: string, schema: Schema): Data | undefined {
    const found = variablesOf(schema).filter((name) => env[name] !== undefined && env[name] !== "");
    const [name] = found;
    if (name !== undefined) {
      fromEnvironment.set(place, found);
      if (schema["x-value"] === "secret") return { env: name };
      return readAs(env[name] as string, schema, ["true", "1", "yes", "on"], ["false", "0", "no", "off"]);
    }
    const gone = variablesOf(schema).find((name) => wasRemoved(name, env));
    if (gone !== undefined) removed.set(place, gone);
    if ("default" in schema) return visit(schema["default"] as Data, place, schema);
    if (schema["type"] !== "object" || discriminatorOf(schema) !== undefined || !mentionsEnvironment(schema))
      return undefined;
    const before = fromEnvironment.size;
    const object = members({}, place, schema);
    return fromEnvironment.size > before ? object : undefined;
  }

  function mentionsEnvironment(schema: Schema): boolean {
    const properties = walker.properties(walker.applicable(schema, {}));
    return [...properties.values()].some(
      (property) => variablesOf(property).length > 0 || mentionsEnvironment(property),
    );
  }

  return { data: visit(data, pointer, walker.root), fromEnvironment, removed };
}

/** A text as the type that its schema asks for; as it is where it can't be read as that, so that the schema refuses it. */
function readAs(text: string, schema: Schema, yes: readonly string[], no: readonly string[]): Data {
  const types = [schema["type"]].flat();
  if (types.includes("string")) return text;
  // As the variables of all systems have lists: with commas between the items.
  if (types.includes("array")) return text.split(",").flatMap((item) => item.trim() || []);
  const word = text.trim().toLowerCase();
  if (types.includes("boolean") && yes.includes(word)) return true;
  if (types.includes("boolean") && no.includes(word)) return false;
  if (types.includes("integer") && /^[+-]?\d{1,15}$/.test(word)) return Number(word);
  if (types.includes("number") && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(word)) return Number(word);
  return text;
}

function variablesOf(schema: Schema): string[] {
  const names = schema["x-env"];
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}
