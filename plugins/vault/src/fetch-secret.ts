/** From Vault to a credential: log in, read, understand. */
import {
  type Auth,
  type Credential,
  credentialHeaders,
  type Fetched,
  hasSecretFields,
  type PluginContext,
  parseSecret,
  parseSecretFields,
  type SecretPlace,
} from "@mlflow-auth/core/plugin";
import { leaseOf } from "./answer.js";
import { readFault } from "./faults.js";
import type { VaultOptions } from "./generated/options.js";
import type { KvReader } from "./kv.js";
import type { Login } from "./login.js";

/** What a fetch needs of Vault. */
export interface Vault {
  readonly login: Login;
  readonly kv: KvReader;
}

/**
 * Fetches the credential once.
 *
 * @throws MlflowAuthError of the codes `LOGIN_FAILED`, `SECRET_*`
 */
export async function fetchSecret(
  { login, kv }: Vault,
  options: VaultOptions,
  context: PluginContext,
): Promise<Fetched<Auth>> {
  const started = context.clock.now();
  const token = await login.token();
  let reading = await kv.read(token);
  // A login that Vault ended before its time (revoked, used up, another policy now) shows as a denial like any other.
  if (reading.answer.status === 403 && login.forget(token)) reading = await kv.read(await login.token());
  if (reading.fields === undefined) throw readFault(reading, login.given(), options, context);
  await login.renewIfDue();
  const place = { name: `the secret ${reading.name}`, error: context.error };
  const headers = credentialHeaders(
    credentialIn(reading.fields, options.secret.field, place, context),
    options.credential,
    place,
  );
  return {
    value: Object.freeze({ headers }),
    lease: leaseOf(reading.answer.body, context.clock.now() - started),
  };
}

/** The field that was named; else `token`, or `username` and `password`; else the only field there is. */
function credentialIn(
  fields: Readonly<Record<string, unknown>>,
  named: string | undefined,
  place: SecretPlace,
  context: PluginContext,
): Credential {
  if (named === undefined && hasSecretFields(fields)) return parseSecretFields(fields, place);
  // A version 1 secret carries its lease as a field.
  const names = Object.keys(fields)
    .filter((name) => name !== "ttl")
    .sort();
  const [only] = names;
  const chosen = named ?? (names.length === 1 ? only : undefined);
  if (chosen !== undefined && Object.hasOwn(fields, chosen)) {
    const value = fields[chosen];
    const what = {
      ...place,
      name: `the ${named === undefined ? "only field" : "field in secret.field"} of ${place.name}`,
    };
    if (typeof value === "string") return parseSecret(value, what);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return parseSecretFields(value as Record<string, unknown>, what);
    }
    if (named !== undefined) {
      const message = `${what.name} is neither a text nor a mapping`;
      throw context.error("SECRET_FORMAT", message, { remedy: "store the credential there as a text" });
    }
  }
  if (named !== undefined) {
    throw context.error(
      "SECRET_FORMAT",
      `${place.name} has ${listed(names)}, and not the one that secret.field names`,
      {
        remedy: "correct secret.field, or leave it out",
      },
    );
  }
  throw context.error("SECRET_FORMAT", `${place.name} has ${listed(names)}, and no token or username and password`, {
    remedy:
      "store the credential as token, as username and password, or as the secret's only field; or name its field in secret.field",
  });
}

/** Field names are no secret, but one that does not look like a name may be a value in the wrong place. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return "no fields";
  const shown = names.map((name) => (/^[A-Za-z][A-Za-z_.-]{0,29}\d{0,2}$/.test(name) ? name : "…")).slice(0, 8);
  const more = names.length > shown.length ? ", …" : "";
  return `the ${names.length === 1 ? "field" : "fields"} ${shown.join(", ")}${more}`;
}
