/** Whether values that a schema itself gives, its defaults and examples, are such as it takes. */
import { annotations, valuesSchema } from "@mlflow-auth/schema";
import type { Ajv } from "ajv";
import { stepsOf } from "../config/problems.js";
import type { Schema } from "../config/schema-walk.js";

/** Why a part of the schema does not take a value, in ajv's words, which hold nothing of the value; undefined if it does. */
export type ValueCheck = (pointer: string, value: unknown) => string | undefined;

const ID = "plugin:options";

/** @param root a schema that ajv can use */
export async function valueCheck(root: Schema): Promise<ValueCheck> {
  const { Ajv } = await import("ajv");
  // As core completes a value, so are the defaults inside of it filled in.
  const ajv: Ajv = new Ajv({
    strict: false,
    discriminator: true,
    useDefaults: true,
    validateSchema: false,
    validateFormats: false,
    logger: false,
  });
  for (const keyword of annotations) ajv.addKeyword(keyword);
  ajv.addSchema(valuesSchema);
  const { $schema: _, ...rest } = root;
  ajv.addSchema({ ...rest, $id: ID });
  return (pointer, value) => {
    const fragment = stepsOf(pointer).map((step) =>
      encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")),
    );
    const validate = ajv.compile({ $ref: `${ID}#${fragment.map((step) => `/${step}`).join("")}` });
    if (validate(structuredClone(value))) return undefined;
    const [error] = validate.errors ?? [];
    const at = error?.instancePath ? ` (at ${error.instancePath})` : "";
    return `${error?.message ?? "it is not allowed"}${at}`;
  };
}
