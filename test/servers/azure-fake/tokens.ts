/** The access tokens that the login gave out, which the vault knows by heart. */
import { randomBytes } from "node:crypto";

/** What stands in a token. */
export interface Claims {
  /** The resource that it is for. */
  readonly audience: string;
  readonly tenant: string;
  /** The application or identity that it was given to. */
  readonly client: string;
}

export interface Tokens {
  mint(claims: Claims): string;
  /** Undefined for a token that was never given out, or is not valid any more. */
  claimsOf(token: string): Claims | undefined;
  /** From now on no token that was given out is valid. */
  revoke(): void;
}

export function createTokens(): Tokens {
  const valid = new Map<string, Claims>();
  return {
    mint(claims) {
      const token = `${randomBytes(12).toString("base64url")}.${randomBytes(24).toString("base64url")}.x`;
      valid.set(token, claims);
      return token;
    },
    claimsOf: (token) => valid.get(token),
    revoke: () => valid.clear(),
  };
}
