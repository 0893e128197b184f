import type { ErrorObject } from "ajv";
import { validateConfig as generated } from "./generated/validate-config.js";

/**
 * Checks the core part of a file's content: everything but the plugins' own options, which only their packages know.
 *
 * @param data what YAML or JSON gives, after interpolation
 * @returns all that is wrong, in ajv's form: places as JSON pointers in `instancePath`, and no values; empty if nothing is
 */
export function validateConfig(data: unknown): readonly ErrorObject[] {
  const validate = generated as unknown as { (data: unknown): boolean; errors: ErrorObject[] | null };
  return validate(data) ? [] : (validate.errors ?? []);
}
