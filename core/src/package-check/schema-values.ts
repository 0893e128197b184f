/** Whether values that a schema itself gives, its defaults and examples, are such as it takes. */
import { ajvForPlugins } from "../config/check-options.js";
import type { Schema } from "../config/schema-walk.js";
import { DeadlineError, withinDeadline } from "../time/within-deadline.js";

/** Why a part of the schema does not take a value, in ajv's words, which hold nothing of the value; undefined if it does. */
export type ValueCheck = (pointer: string, value: unknown) => string | undefined;

const ID = "plugin:options";
/** Milliseconds, as core itself gives a schema over a user's options. */
const DEADLINE = 2_000;

/** @param root a schema that ajv can use */
export async function valueCheck(root: Schema): Promise<ValueCheck> {
  // As core completes a value, so are the defaults inside of it filled in.
  const ajv = await ajvForPlugins({ useDefaults: true, validateSchema: false });
  const { $schema: _, ...rest } = root;
  ajv.addSchema({ ...rest, $id: ID });
  return (pointer, value) => {
    const fragment = pointer.split("/").map(encodeURIComponent).join("/");
    const validate = ajv.compile({ $ref: `${ID}#${fragment}` });
    try {
      if (withinDeadline(DEADLINE, () => validate(structuredClone(value)))) return undefined;
    } catch (thrown) {
      if (thrown instanceof DeadlineError) return "its pattern does not come to an end over it";
      throw thrown;
    }
    const [error] = validate.errors ?? [];
    const at = error?.instancePath ? ` (at ${error.instancePath})` : "";
    return `${error?.message ?? "it is not allowed"}${at}`;
  };
}
