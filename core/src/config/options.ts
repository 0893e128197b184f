/** From checked data to what plugins get: secrets as sources, durations in milliseconds, paths absolute, all of it frozen. */
import { resolve } from "node:path";
import { environmentSource, fileSource, formlessSource, textSource } from "../secret/secret.js";
import { parseDuration } from "../time/duration.js";
import type { Environment, Interpolation } from "./interpolate.js";
import { pointerTo } from "./problems.js";
import type { Data } from "./read.js";
import { isObject, keyword, type Schema } from "./schema-walk.js";

/** What is known about the places of the data. */
export interface ConvertOptions {
  /** Which schemas apply where; see `SchemaWalker.places`. */
  readonly places: ReadonlyMap<string, readonly Schema[]>;
  readonly env: Environment;
  readonly interpolations: ReadonlyMap<string, Interpolation>;
  readonly fromEnvironment: ReadonlyMap<string, readonly string[]>;
  /** What the paths of the file are relative to. */
  readonly folder: string;
  /** What the paths in environment variables are relative to. */
  readonly cwd: string;
}

/** Converts data that its schema has accepted. */
export function convert(data: Data, pointer: string, options: ConvertOptions): unknown {
  const { places, env, fromEnvironment } = options;
  const base = fromEnvironment.has(pointer) ? options.cwd : options.folder;
  switch (valueKind(places, pointer)) {
    case "secret":
      if (typeof data === "string") return textSource(data, originOf(options.interpolations.get(pointer)));
      if (isObject(data) && typeof data["env"] === "string") return environmentSource(data["env"], env);
      if (isObject(data) && typeof data["file"] === "string") return fileSource(resolve(options.folder, data["file"]));
      return formlessSource();
    case "duration":
      if (typeof data === "string") return parseDuration(data);
      break;
    case "path":
      if (typeof data === "string") return resolve(base, data);
  }
  if (Array.isArray(data)) {
    return Object.freeze(data.map((item, index) => convert(item, pointerTo(pointer, index), options)));
  }
  if (!isObject(data)) return data;
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(data))
    object[key] = convert(value as Data, pointerTo(pointer, key), options);
  return Object.freeze(object);
}

/** `secret`, `duration` or `path` where the schema says so by a reference to values.schema.json. */
function valueKind(places: ReadonlyMap<string, readonly Schema[]>, pointer: string): unknown {
  const schemas = places.get(pointer);
  return schemas?.some((schema) => schema["x-value"] === "secret") ? "secret" : keyword(schemas, "x-value");
}

/** Every place that is a secret field. */
export function secretPlaces(places: ReadonlyMap<string, readonly Schema[]>): string[] {
  return [...places.keys()].filter((pointer) => valueKind(places, pointer) === "secret");
}

/** Whether a secret field holds a credential that stands in the file itself. */
export function isLiteral(data: unknown, interpolation: Interpolation | undefined): boolean {
  return typeof data === "string" && (interpolation === undefined || !interpolation.whole || interpolation.usedDefault);
}

function originOf(interpolation: Interpolation | undefined): string {
  const whole = interpolation?.whole && !interpolation.usedDefault;
  return whole ? `the variable ${interpolation.variables[0]}` : "the configuration file";
}
