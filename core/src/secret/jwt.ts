/** What a JSON Web Token says of itself. */
import { objectIn } from "../files/json-object.js";

/**
 * Claims of RFC 7519, section 4.1. Times are milliseconds since the Unix epoch. What is not there, or not of its type, is left out.
 */
export interface JwtClaims {
  /** `iss`: who made it. */
  readonly issuer?: string;
  /** `sub`: whom it speaks of. */
  readonly subject?: string;
  /** `aud`. Empty where the token does not say for whom it is. */
  readonly audience: readonly string[];
  /** `exp`: from when on it is no longer good. */
  readonly expiresAt?: number;
  /** `nbf`: until when it is not yet good. */
  readonly notBefore?: number;
  /** `iat`: when it was made. */
  readonly issuedAt?: number;
}

/** Header, payload and signature, which an unsigned token leaves empty. An encrypted one has five parts, and says nothing to us. */
const JWT = /^([\w-]{2,})\.([\w-]{2,})\.[\w-]*$/;

/**
 * Reads the claims of a signed token. Nothing is verified: whether it is good is for the server to say, so nothing may be allowed by what
 * stands here. It is meant for a token's end, and for telling people what they have in hand.
 *
 * @returns undefined for a text that is no such token
 */
export function readJwt(token: string): JwtClaims | undefined {
  const [, header = "", payload = ""] = JWT.exec(token.trim()) ?? [];
  const claims = partIn(payload);
  if (claims === undefined || typeof partIn(header)?.["alg"] !== "string") return undefined;
  const text = (name: string) => (typeof claims[name] === "string" ? (claims[name] as string) : undefined);
  const time = (name: string) => {
    const seconds = claims[name];
    return typeof seconds === "number" && Number.isFinite(seconds) ? seconds * 1000 : undefined;
  };
  const audience = [claims["aud"]].flat().filter((one) => typeof one === "string");
  return given({
    issuer: text("iss"),
    subject: text("sub"),
    audience,
    expiresAt: time("exp"),
    notBefore: time("nbf"),
    issuedAt: time("iat"),
  });
}

function given(claims: { [K in keyof JwtClaims]: JwtClaims[K] | undefined }): JwtClaims {
  return Object.freeze(Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))) as never;
}

function partIn(part: string): Record<string, unknown> | undefined {
  return objectIn(Buffer.from(part, "base64url").toString("utf8"));
}
