import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { Secret } from "@mlflow-auth/core/internal";

/** What a token may consist of, so that it is a path segment as it stands. */
export const tokenPattern = /^[A-Za-z0-9_-]{16,256}$/;

/** A new token: 256 random bits. */
export function createToken(): Secret {
  return new Secret(randomBytes(32).toString("base64url"));
}

/** A test for one token that takes as long for a near miss as for any other text. */
export function tokenTest(token: Secret): (text: string) => boolean {
  const expected = digest(token.reveal());
  return (text) => timingSafeEqual(digest(text), expected);
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
