import type { Interpolation } from "./interpolate.js";
import type { ProblemList } from "./problems.js";

const secretName = /(?:TOKEN|SECRET|PASSWORD|KEY)$/i;

/** Whether a variable's name says that it holds a credential. */
export function isNamedLikeSecret(variable: string): boolean {
  return secretName.test(variable);
}

/**
 * Outside secret fields nothing keeps a value out of logs and messages, so a variable named like a credential may not fill them.
 *
 * @param applies which of the places are to be judged
 * @param secrets the places of secret fields
 */
export function refuseSecretVariables(
  interpolations: ReadonlyMap<string, Interpolation>,
  problems: ProblemList,
  applies: (pointer: string) => boolean,
  secrets: ReadonlySet<string> = new Set(),
): void {
  for (const [pointer, { variables }] of interpolations) {
    const name = secrets.has(pointer) ? undefined : variables.find(isNamedLikeSecret);
    if (name === undefined || !applies(pointer)) continue;
    const message = `the variable ${name} is named like a credential, and this field is not a secret field: put it into one, or rename the variable`;
    problems.add("VARIABLE_SECRET", pointer, "value", message);
  }
}
