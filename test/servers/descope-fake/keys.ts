/** The keys with which the double signs, and tokens of every kind made with them. */
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";

/** A pair of keys under an id. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** As the key set has it. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** RSA with 2048 bits, as Descope's are. */
export function createSigningKey(kid = `SK${randomUUID()}`): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
  return { kid, privateKey, jwk };
}

/** A JWT with exactly these parts. `none` is signed with nothing, `HS256` with the public key's text, as forgers do. */
export function signed(
  key: SigningKey,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): string {
  const head = { alg: "RS256", kid: key.kid, typ: "JWT", ...header };
  const input = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${input}.${signatureOf(input, head.alg, key).toString("base64url")}`;
}

function signatureOf(input: string, algorithm: string, { privateKey, jwk }: SigningKey): Buffer {
  if (algorithm === "none") return Buffer.alloc(0);
  if (algorithm === "HS256") return createHmac("sha256", String(jwk["n"])).update(input).digest();
  return sign(algorithm === "RS512" ? "sha512" : "sha256", Buffer.from(input), privateKey);
}
