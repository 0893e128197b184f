/** The schema of a plugin's options, as its package declares it: one in which core finds all that it has to find. */
import { valuesSchema } from "@mlflow-auth/schema";
import { hiddenSecret } from "../config/hidden-secrets.js";
import { instanceOptions } from "../config/instances.js";
import { isObject, type Schema, SchemaWalker } from "../config/schema-walk.js";
import { fileOf, isDeeper, readJson } from "./declared-files.js";
import type { Manifest } from "./manifests.js";
import { endless, faulty } from "./package-faults.js";

/** A schema of options, and where it stands. */
export interface FoundSchema {
  readonly schema: Schema;
  /** Absolute, symlinks resolved; undefined where it is none of its own. */
  readonly file?: string;
  /** Whether it stands in package.json itself; false also for a plugin that takes no options. */
  readonly isInManifest: boolean;
}

/** The schema alone: its package need not be built. @throws MlflowAuthError `PLUGIN_MANIFEST` */
export function checkSchema(manifest: Manifest, plugin: string): FoundSchema {
  const declared = fileOf(manifest, "configSchema", plugin);
  if (declared === undefined) {
    return { schema: { type: "object", additionalProperties: false, properties: {} }, isInManifest: false };
  }
  const { json, file } = isObject(declared)
    ? { json: isDeeper(declared) ? null : declared }
    : readJson(manifest, "configSchema", declared);
  if (!isObject(json))
    throw faulty(manifest, "schema", "has a configSchema that is not a JSON Schema, or one nested too deeply");
  const fault = endless(manifest, () => hiddenSecret(json, new SchemaWalker(json, valuesSchema)));
  if (fault !== undefined) throw faulty(manifest, "hidden-value", fault);
  const walker = new SchemaWalker(json, valuesSchema);
  const taken = endless(manifest, () => ownOption(walker, walker.root));
  if (taken !== undefined) {
    throw faulty(
      manifest,
      "own-option",
      `has a configSchema with the option \`${taken}\`, which mlflow-auth takes for itself`,
    );
  }
  return file === undefined ? { schema: json, isInManifest: true } : { schema: json, file, isInManifest: false };
}

/** An option of core's own that a schema has as well: a plugin would never get it. */
function ownOption(walker: SchemaWalker, schema: Schema): string | undefined {
  const { properties, required, allOf, anyOf, oneOf, if: condition, then, else: otherwise } = schema;
  const has = (name: string) =>
    (isObject(properties) && Object.hasOwn(properties, name)) || (Array.isArray(required) && required.includes(name));
  const own = instanceOptions.find(has);
  if (own !== undefined) return own;
  for (const part of [allOf, anyOf, oneOf, condition, then, otherwise].flat()) {
    const found = isObject(part) ? ownOption(walker, walker.resolve(part)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
