import { randomBytes, timingSafeEqual } from "node:crypto";
import { Secret } from "@mlflow-auth/core/internal";
import { MOST_ROUNDS, unescapedOnce } from "./canonical-path.js";

/** What a token may consist of, so that it is a path segment as it stands. */
export const tokenPattern = /^[A-Za-z0-9_-]{16,256}$/;

/** The header that holds the token for a client whose addresses must not: the bridge in Python's MLflow. */
export const TOKEN_HEADER = "mlflow-auth-token";

/** A new token: 256 random bits. */
export function createToken(): Secret {
  return new Secret(randomBytes(32).toString("base64url"));
}

/** A test for one token. A text of the same length takes equally long, however much of it is right; the length is no secret. */
export function tokenTest(token: Secret): (text: string) => boolean {
  const expected = Buffer.from(token.reveal(), "latin1");
  const given = Buffer.alloc(expected.length);
  return (text) => {
    if (text.length !== expected.length) return false;
    given.write(text, "latin1");
    return timingSafeEqual(given, expected);
  };
}

/** Whether a text holds the token, as it is or percent-encoded, so that whoever reads it could use the proxy. */
export function holdsToken(text: string, token: Secret): boolean {
  const wanted = token.reveal();
  for (let round = 0; ; round++) {
    if (text.includes(wanted)) return true;
    if (round === MOST_ROUNDS || !text.includes("%")) return false;
    text = unescapedOnce(text);
  }
}
