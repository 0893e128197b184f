import type { ErrorObject } from "ajv";
import { validateConfig as generated } from "./generated/validate-config.js";

/** Checks the core part of a file's content: everything but the plugins' own options. Returns what is wrong, all of it. */
export function validateConfig(data: unknown): readonly ErrorObject[] {
  const validate = generated as unknown as { (data: unknown): boolean; errors: ErrorObject[] | null };
  return validate(data) ? [] : (validate.errors ?? []);
}
