/** From what a secret manager holds to the header that carries it: the forms of a secret, how they are read, and what each makes. */
import type { ErrorCode } from "../errors/codes.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { Secret } from "./secret.js";

/** A secret that was read: a token, or a user with a password. Trimmed, never empty, without control characters. */
export type Credential =
  | {
      readonly kind: "token";
      readonly token: Secret;
      /** A user and a password that are held beside the token: mode basic sends them in its place. Both, or neither. */
      readonly username?: Secret;
      readonly password?: Secret;
    }
  | { readonly kind: "user"; readonly username: Secret; readonly password: Secret };

/** Where a secret came from, for errors. */
export interface SecretPlace {
  /** As one would call it at the start of a sentence: `the secret secret/mlflow/auth`. */
  readonly name: string;
  /** Makes the error. A plugin passes its `context.error`, which adds the name of the instance. */
  readonly error?: (code: ErrorCode, message: string, details: { remedy: string }) => Error;
}

/** Bytes of UTF-8. */
const MAX_SECRET = 64 * 1024;

const FORMS = 'store {"token": "…"}, {"username": "…", "password": "…"}, user:password, or the token alone';

/**
 * Reads a secret in one of its four forms: JSON `{"token"}`, JSON `{"username", "password"}`, plain `user:password`, plain
 * token. White space around the whole and around each field is dropped. A JSON `token` is a token even if it holds a colon;
 * other JSON fields are ignored.
 *
 * @throws MlflowAuthError `SECRET_FORMAT`; it never quotes the text
 */
export function parseSecret(text: string, place: SecretPlace): Credential {
  if (Buffer.byteLength(text) > MAX_SECRET) throw malformed(place, "is larger than 64 KiB", FORMS);
  const trimmed = text.trim();
  if (trimmed === "") throw malformed(place, "is empty", FORMS);
  if (/^[{["]/.test(trimmed)) return parseJson(trimmed, place);
  const colon = trimmed.indexOf(":");
  if (colon === -1) return { kind: "token", token: field(trimmed, "token", place) };
  return user(trimmed.slice(0, colon), trimmed.slice(colon + 1), place);
}

/**
 * The same for a secret that comes as fields, as from a key-value store: `token`, or `username` and `password`; others are
 * ignored.
 *
 * @throws MlflowAuthError `SECRET_FORMAT`; it names no field but these three, and quotes no value
 */
export function parseSecretFields(fields: Readonly<Record<string, unknown>>, place: SecretPlace): Credential {
  const given = (name: string) => Object.hasOwn(fields, name);
  const hasUser = given("username") && given("password");
  if (given("token")) {
    const token = field(fields["token"], "token", place);
    if (!hasUser) return { kind: "token", token };
    return { ...user(fields["username"], fields["password"], place), kind: "token", token };
  }
  if (hasUser) return user(fields["username"], fields["password"], place);
  const missing = given("username") ? "password" : "username";
  if (given("username") || given("password")) throw malformed(place, `has no field ${missing}`, FORMS);
  throw malformed(place, "has neither a token nor a username and a password", FORMS);
}

/** Whether a store's fields are of the form that {@link parseSecretFields} reads, complete or not. */
export function hasSecretFields(fields: Readonly<Record<string, unknown>>): boolean {
  return ["token", "username", "password"].some((name) => Object.hasOwn(fields, name));
}

/** @throws MlflowAuthError `SECRET_FORMAT` about a place */
function malformed(place: SecretPlace, what: string, remedy: string): Error {
  const make = place.error ?? ((code, message, details) => new MlflowAuthError(code, message, details));
  return make("SECRET_FORMAT", `${place.name} ${what}`, { remedy });
}

function parseJson(text: string, place: SecretPlace): Credential {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // No fall-back to plain text: half of a broken JSON object would be sent as a user name. V8's message quotes the text.
    const remedy = `correct the JSON; a token that begins with ${text.charAt(0)} goes into {"token": "…"}`;
    throw malformed(place, "begins like JSON and is not JSON", remedy);
  }
  if (typeof value === "string") throw malformed(place, "is a JSON string", "store its text without the quotes");
  if (Array.isArray(value)) throw malformed(place, "is a JSON array", FORMS);
  return parseSecretFields(value as Record<string, unknown>, place);
}

function user(username: unknown, password: unknown, place: SecretPlace) {
  const name = field(username, "username", place);
  if (name.reveal().includes(":")) {
    // RFC 7617, 2: the first colon ends the user-id.
    throw malformed(place, "has a colon in its username, which Basic authentication can't carry", "use another user");
  }
  return { kind: "user" as const, username: name, password: field(password, "password", place) };
}

function field(value: unknown, name: string, place: SecretPlace): Secret {
  if (typeof value !== "string") throw malformed(place, `has a ${name} that is not text`, `store ${name} as a string`);
  const text = value.trim();
  if (text === "") throw malformed(place, `has an empty ${name}`, FORMS);
  if (Buffer.byteLength(text) > MAX_SECRET) throw malformed(place, `has a ${name} larger than 64 KiB`, FORMS);
  // A line break would end the header and begin another; a lone surrogate has no UTF-8.
  if (/\p{Cc}/u.test(text) || !text.isWellFormed()) {
    throw malformed(
      place,
      `has a ${name} with control characters, such as a line break in the middle`,
      `store ${name} on one line, as plain text`,
    );
  }
  return new Secret(text);
}

/** How a credential is sent. */
export interface CredentialOptions {
  /** `bearer` sends a token, `basic` a user and a password. */
  readonly mode: "bearer" | "basic";
  /** The header's name, for example `Authorization` or `X-Api-Key`. */
  readonly header: string;
}

/** Bytes of a header's value. */
const MAX_HEADER = 8 * 1024;

/**
 * The header that a secret makes. Frozen.
 *
 * | secret | mode | header | value |
 * | --- | --- | --- | --- |
 * | token | bearer | Authorization, Proxy-Authorization | `Bearer TOKEN` |
 * | token | bearer | any other | `TOKEN` as it is |
 * | token that holds `user:password` | basic | any | `Basic BASE64` |
 * | username and password | basic | any | `Basic BASE64`, of UTF-8 (RFC 7617) |
 * | token, and username and password | either | any | as the token, or as the user |
 *
 * @throws MlflowAuthError `SECRET_FORMAT` for any other combination, a token that can't stand in a header, and a value of more
 *   than 8 KiB; it never quotes the secret
 */
export function credentialHeaders(
  credential: Credential,
  { mode, header }: CredentialOptions,
  place: SecretPlace,
): Readonly<Record<string, Secret>> {
  const value = mode === "basic" ? basic(credential, place) : bearer(credential, header, place);
  return Object.freeze({ [header]: limited(value, place) });
}

/**
 * A secret that is sent as a header's whole value, without the white space around it.
 *
 * @throws MlflowAuthError `SECRET_FORMAT` if it holds anything but printable ASCII, or more than 8 KiB
 */
export function headerValue(secret: Secret, place: SecretPlace): Secret {
  const text = secret.reveal().trim();
  if (text === "") throw malformed(place, "is empty", "give it a value");
  // Beyond ASCII the two sides of a connection disagree about the bytes (RFC 9110, 5.5).
  if (!/^[\x20-\x7e]+$/.test(text)) {
    throw malformed(
      place,
      "holds characters that a header can't carry",
      "use one with printable ASCII characters only",
    );
  }
  return limited(text === secret.reveal() ? secret : new Secret(text), place);
}

function bearer(credential: Credential, header: string, place: SecretPlace): Secret {
  if (credential.kind === "user") {
    throw malformed(
      place,
      "is a user and a password, which mode bearer can't send",
      'set mode to basic; if it is a token with a colon in it, store it as {"token": "…"}',
    );
  }
  const token = headerValue(credential.token, place);
  if (!/^(?:proxy-)?authorization$/i.test(header)) return token;
  // RFC 6750, 2.1 knows no space in a token: a server would read up to it, or refuse the whole.
  if (token.reveal().includes(" ")) {
    throw malformed(
      place,
      "is a token with a space in it",
      "store the token alone, without a word such as Bearer before it",
    );
  }
  return new Secret(`Bearer ${token.reveal()}`);
}

function basic(credential: Credential, place: SecretPlace): Secret {
  const { username, password } = credential;
  const pair =
    username !== undefined && password !== undefined
      ? `${username.reveal()}:${password.reveal()}`
      : (credential as { token: Secret }).token.reveal();
  const colon = pair.indexOf(":");
  if (colon < 1 || colon === pair.length - 1) {
    throw malformed(
      place,
      "is a token, and mode basic needs a user and a password",
      'store {"username": "…", "password": "…"} or user:password, or set mode to bearer',
    );
  }
  return new Secret(`Basic ${Buffer.from(pair).toString("base64")}`);
}

function limited(value: Secret, place: SecretPlace): Secret {
  if (value.reveal().length <= MAX_HEADER) return value;
  throw malformed(place, "makes a header of more than 8 KiB, which servers refuse", "use a shorter credential");
}
