import type { Interpolation } from "./interpolate.js";
import type { ProblemList } from "./problems.js";

/** Words between the underscores of a name, with what is often written together with them: PGPASSWORD, APIKEY, TOKEN2. */
const secretWord =
  /^(?:.*(?:TOKEN|SECRET|PASSWORD)|(?:ACCESS|API|APP|AUTH|PRIVATE|SECRET)?KEY|PASS|PAT|CREDENTIALS?)\d*$/;
/** Behind one of those, these say that the name is about where the secret is, or which: SECRET_NAME, TOKEN_FILE, systemd's CREDENTIALS_DIRECTORY. */
const otherWord = /^(?:URI|URL|ADDR|HOST|PATH|FILE|DIR|DIRECTORY|NAME|ID|VERSION|ENDPOINT|TYPE|TTL)$/;

/** Whether a variable's name says that it holds a credential. */
export function isNamedLikeSecret(variable: string): boolean {
  // A KEY_VAULT is a place, whatever else the name says of it.
  const words = variable
    .toUpperCase()
    .replaceAll(/(?<![^_])KEY_VAULT(?![^_])/g, "")
    .split("_");
  const last = words.findLastIndex((word) => secretWord.test(word));
  return last !== -1 && !words.slice(last).some((word) => otherWord.test(word));
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
