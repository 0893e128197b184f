/** The validator of the file, as TypeScript that is made of its JSON Schema. */
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { annotations } from "../src/annotations.ts";

/**
 * The source of a module that exports `validateConfig`, which checks the core part of the file without ajv.
 *
 * @throws Error for a keyword whose validator imports ajv at run time
 */
export function generateValidator(config: object, values: object): string {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, code: { source: true, esm: true, lines: true } });
  for (const keyword of annotations) ajv.addKeyword(keyword);
  ajv.addSchema(values);
  ajv.addSchema(config);
  const code = standalone.default(ajv, { validateConfig: "mlflow-auth:config" });
  if (/\brequire\(/.test(code))
    throw new Error("The core schema uses a keyword whose validator needs ajv at run time (minLength, uniqueItems …).");
  return `// @ts-nocheck\n${code}\n`;
}
