import { plainSchema } from "./plain-schema.js";
import type { Data } from "./read.js";
import type { Schema } from "./schema-walk.js";

/**
 * A quick look whether data fits a schema. Nothing is compiled, so it takes a tenth of what ajv takes to start, and ajv is needed
 * for files with a mistake alone.
 *
 * The dialect is 2019-09, in which keywords beside a `$ref` count as they do for ajv; of the others only those are used that both
 * read alike.
 *
 * @param values what references to `mlflow-auth:values` mean
 * @returns false also where it can't tell, as with a schema that is none: ajv has the last word then
 */
export async function accepts(schema: Schema, values: Schema, data: Data): Promise<boolean> {
  const { Validator } = await import("@cfworker/json-schema");
  try {
    if (!isJson(data)) return false;
    const validator = new Validator(withoutNames(schema), "2019-09");
    validator.addSchema({ ...withoutNames(values), $id: "mlflow-auth:values" });
    return validator.validate(data).valid;
  } catch {
    return false;
  }
}

function withoutNames({ $id: _, $schema: __, ...anonymous }: Schema): Schema {
  return plainSchema(anonymous) as Schema;
}

/** `.inf` and `.nan` are numbers in YAML, and not in JSON. */
function isJson(data: Data): boolean {
  if (typeof data === "number") return Number.isFinite(data);
  if (typeof data !== "object" || data === null) return true;
  return Object.values(data).every(isJson);
}
