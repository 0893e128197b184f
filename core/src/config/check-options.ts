/** Checks a plugin's options by the plugin's own schema. */
import { annotations, valuesSchema } from "@mlflow-auth/schema";
import type { Ajv, ErrorObject, Options } from "ajv";
import { printable } from "../errors/printable.js";
import { DeadlineError, withinDeadline } from "../time/within-deadline.js";
import { plainSchema } from "./plain-schema.js";
import type { Data } from "./read.js";
import type { Schema } from "./schema-walk.js";

/**
 * Milliseconds that a schema may take over the options: a thousand times what any needs. A `pattern` can take for ever over a few words,
 * and no list of bad ones is complete.
 */
const DEADLINE = 2_000;

/** Gives all that is wrong with the options. Throws if it can't use the schema itself, and DeadlineError if that takes longer than 2 s. */
export type OptionsCheck = (schema: Schema, data: Data) => readonly ErrorObject[];

/**
 * Plugin schemas are JSON Schema draft-07 (with `$defs` as well), plus `discriminator`. They are not checked against the
 * meta-schema: their package's tests are the place for that, and it would cost every start.
 *
 * @param deadline milliseconds that each of the two validators may take. Default 2,000
 * @returns all that is wrong with the options
 * @throws what ajv throws if it can't use the schema itself, and DeadlineError; options that fit are not asked about twice
 */
export async function checkOptions(
  schema: Schema,
  data: Data,
  deadline: number = DEADLINE,
): Promise<readonly ErrorObject[]> {
  if (await accepts(schema, valuesSchema, data, deadline)) return [];
  const check = await createOptionsCheck(deadline);
  return check(schema, data);
}

/** ajv as it takes plugins' schemas: it knows our keywords, and what references to `mlflow-auth:values` mean. */
export async function ajvForPlugins(more: Options = {}): Promise<Ajv> {
  const { Ajv } = await import("ajv");
  const ajv = new Ajv({ discriminator: true, strict: false, validateFormats: false, logger: false, ...more });
  for (const keyword of annotations) ajv.addKeyword(keyword);
  ajv.addSchema(valuesSchema);
  return ajv;
}

/** The check itself, for many asked in a row: loading ajv and compiling a schema takes longer than the start of Node. */
export async function createOptionsCheck(deadline: number = DEADLINE): Promise<OptionsCheck> {
  const ajv = await ajvForPlugins({ allErrors: true, strictNumbers: true, ownProperties: true, validateSchema: false });
  return (schema, data) =>
    withinDeadline(deadline, () => {
      // Two instances of one plugin bring the same `$id` twice.
      const { $id: _, $schema: __, ...anonymous } = schema;
      const validate = ajv.compile(anonymous);
      // Where ajv compares objects it counts on their prototype, which our data has none of.
      return validate(structuredClone(data)) ? [] : (validate.errors ?? []);
    });
}

/**
 * Why ajv can't use a schema, in its own words and with the place: they speak about the schema alone. Looked into where something is wrong
 * with it already, or where it is asked about for itself: the meta-schema costs more than all of a start.
 *
 * @returns undefined for one that can be used
 */
export async function schemaFault(schema: Schema): Promise<string | undefined> {
  const ajv = await ajvForPlugins();
  const { $id: _, $schema: __, ...anonymous } = schema;
  try {
    const isSchema = ajv.validateSchema(anonymous);
    if (isSchema !== true) return shown(ajv.errorsText(ajv.errors?.slice(0, 1), { dataVar: "#" }));
    ajv.compile(anonymous);
    return undefined;
  } catch (thrown) {
    return thrown instanceof RangeError ? "it refers to itself without end" : shown((thrown as Error).message);
  }
}

/** Characters: enough for a place and a reason. */
const MOST_SHOWN = 300;

const shown = (reason: string) => printable(reason.slice(0, MOST_SHOWN));

/**
 * A quick look whether data fits a schema. Nothing is compiled, so it takes a tenth of what ajv takes to start, and ajv is needed
 * for files with a mistake alone.
 *
 * The dialect is 2019-09, in which keywords beside a `$ref` count as they do for ajv; of the others only those are used that both
 * read alike.
 *
 * @param values what references to `mlflow-auth:values` mean
 * @returns false also where it can't tell, as with something that is not a schema: ajv has the last word then
 * @throws DeadlineError
 */
export async function accepts(
  schema: Schema,
  values: Schema,
  data: Data,
  deadline: number = DEADLINE,
): Promise<boolean> {
  const { Validator } = await import("@cfworker/json-schema");
  try {
    if (!isJson(data)) return false;
    const validator = new Validator(withoutNames(schema), "2019-09");
    validator.addSchema({ ...withoutNames(values), $id: "mlflow-auth:values" });
    return withinDeadline(deadline, () => validator.validate(data).valid);
  } catch (thrown) {
    if (thrown instanceof DeadlineError) throw thrown;
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
