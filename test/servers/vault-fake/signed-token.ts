import { createPublicKey, type KeyObject, verify } from "node:crypto";

/** What a JWT says. */
export type Claims = Readonly<Record<string, unknown>>;

/** Why a JWT is refused. */
export type Flaw = "malformed" | "signature" | "expired" | "not yet valid" | "no time";

/** Seconds by which the clocks of issuer and Vault may differ. */
const LEEWAY = 60;

/** Reads a JWT that is signed with ES256 or RS256 by one of the keys, at a time in milliseconds since the Unix epoch. */
export function readSigned(jwt: string, keys: readonly KeyObject[], now: number): Claims | Flaw {
  const [head = "", payload = "", signature = "", ...more] = jwt.split(".");
  const header = parse(head);
  const claims = parse(payload);
  if (header === undefined || claims === undefined || signature === "" || more.length > 0) return "malformed";
  const signed = Buffer.from(`${head}.${payload}`);
  const given = Buffer.from(signature, "base64url");
  if (!keys.some((key) => isSignedBy(key, header["alg"], signed, given))) return "signature";
  const { exp, nbf, iat } = claims;
  const seconds = now / 1000;
  if (![exp, nbf, iat].some((time) => typeof time === "number")) return "no time";
  if (typeof exp === "number" && seconds > exp + LEEWAY) return "expired";
  return typeof nbf === "number" && seconds < nbf - LEEWAY ? "not yet valid" : claims;
}

/** The public keys in PEM that an auth method is configured with; undefined if one of them is not a key. */
export function publicKeys(pems: unknown): KeyObject[] | undefined {
  try {
    return [pems].flat().map((pem) => createPublicKey(String(pem)));
  } catch {
    return undefined;
  }
}

/** The key decides about the algorithm, and the token's header has to agree. */
function isSignedBy(key: KeyObject, algorithm: unknown, signed: Buffer, signature: Buffer): boolean {
  if (key.asymmetricKeyType === "ec" && algorithm === "ES256") {
    return verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, signature);
  }
  return key.asymmetricKeyType === "rsa" && algorithm === "RS256" && verify("sha256", signed, key, signature);
}

function parse(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}
