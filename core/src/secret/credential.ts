/** From a secret to the header that carries it. */
import { type Credential, malformed, type SecretPlace } from "./format.js";
import { Secret } from "./secret.js";

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
 * | token | bearer | Authorization | `Bearer TOKEN` |
 * | token | bearer | any other | `TOKEN` as it is |
 * | token that holds `user:password` | basic | any | `Basic BASE64` |
 * | username and password | basic | any | `Basic BASE64`, of UTF-8 (RFC 7617) |
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
  if (header.toLowerCase() !== "authorization") return token;
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
  const pair =
    credential.kind === "user"
      ? `${credential.username.reveal()}:${credential.password.reveal()}`
      : credential.token.reveal();
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
