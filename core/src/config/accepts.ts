import type { Data } from "./read.js";
import type { Schema } from "./schema-walk.js";

/**
 * A quick look whether data fits a schema. Nothing is compiled, so it takes a tenth of what ajv takes to start, and ajv is needed
 * for files with a mistake alone.
 *
 * The dialect is 2019-09, in which keywords beside a `$ref` count as they do for ajv.
 *
 * @param values what references to `mlflow-auth:values` mean
 * @returns false also where it can't tell, as with a schema that is none: ajv has the last word then
 */
export async function accepts(schema: Schema, values: Schema, data: Data): Promise<boolean> {
  const { Validator } = await import("@cfworker/json-schema");
  try {
    const { $id: _, $schema: __, ...anonymous } = schema;
    // It writes into the schemas that it is given.
    const validator = new Validator(structuredClone(anonymous), "2019-09");
    validator.addSchema(structuredClone(values));
    return validator.validate(data).valid;
  } catch {
    return false;
  }
}
