/** The credential in what a secret manager holds: a text, or fields of which one may have to be chosen. */

import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { type Credential, hasSecretFields, parseSecret, parseSecretFields, type SecretPlace } from "./credential.js";

/** Which field is meant. */
export interface SelectCredentialOptions {
  /** The one field that the user named. Default: `token`, or `username` and `password`, or the only field there is. */
  readonly field?: string | undefined;
  /** What the option is called with which users name a field, for remedies: `secret.field`. */
  readonly option: string;
  /** Fields that the store adds by itself, and that never are the only one. */
  readonly ignored?: readonly string[] | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a secret in any form in which stores hold one: text as {@link parseSecret} takes it, or fields (also as JSON), of which one may
 * itself hold such a text, or fields.
 *
 * @throws MlflowAuthError `SECRET_FORMAT`; it quotes no value, and no name of a field that does not look like a name
 */
export function selectCredential(
  held: string | Fields,
  place: SecretPlace,
  options: SelectCredentialOptions,
): Credential {
  const fields = typeof held === "string" ? fieldsOf(held) : held;
  if (fields !== undefined) return ofFields(fields, place, options);
  const { field, option } = options;
  if (field === undefined) return parseSecret(held as string, place);
  throw refused(place, `${place.name} is not JSON with fields, and ${option} names one`, `leave ${option} out`);
}

/** Undefined for what is no JSON object: a text has its own rules. */
function fieldsOf(text: string): Fields | undefined {
  if (!text.trim().startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Fields;
  } catch {
    return undefined;
  }
}

function ofFields(fields: Fields, place: SecretPlace, { field, option, ignored = [] }: SelectCredentialOptions) {
  if (field === undefined && hasSecretFields(fields)) return parseSecretFields(fields, place);
  const names = Object.keys(fields)
    .filter((name) => !ignored.includes(name))
    .sort();
  const chosen = field ?? (names.length === 1 ? names[0] : undefined);
  if (chosen !== undefined && Object.hasOwn(fields, chosen)) {
    const value = fields[chosen];
    const name = `the ${field === undefined ? "only field" : `field in ${option}`} of ${place.name}`;
    if (typeof value === "string") return parseSecret(value, { ...place, name });
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return parseSecretFields(value as Fields, { ...place, name });
    }
    if (field !== undefined) {
      throw refused(place, `${name} is neither a text nor a mapping`, "store the credential there as a text");
    }
  }
  if (field !== undefined) {
    const message = `${place.name} has ${listed(names)}, and not the one that ${option} names`;
    throw refused(place, message, `correct ${option}, or leave it out`);
  }
  const message = `${place.name} has ${listed(names)}, and no token or username and password`;
  const remedy = `store the credential as token, as username and password, or as the secret's only field; or name its field in ${option}`;
  throw refused(place, message, remedy);
}

function refused({ error }: SecretPlace, message: string, remedy: string): Error {
  return error?.("SECRET_FORMAT", message, { remedy }) ?? new MlflowAuthError("SECRET_FORMAT", message, { remedy });
}

/** Field names are no secret, but one that does not look like a name may be a value in the wrong place. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return "no fields";
  const shown = names.map((name) => (/^[A-Za-z][A-Za-z_.-]{0,29}\d{0,2}$/.test(name) ? name : "…")).slice(0, 8);
  const more = names.length > shown.length ? ", …" : "";
  return `the ${names.length === 1 ? "field" : "fields"} ${shown.join(", ")}${more}`;
}
