/** The credential of the demo. */
import { randomBytes } from "node:crypto";
import type { Mode } from "./options.ts";

/** A credential, as it is kept and as it is sent. */
export interface Credential {
  /** The fields of the secret. */
  readonly fields: Readonly<Record<string, string>>;
  /** The value of the Authorization header that is made of them. */
  readonly authorization: string;
}

/** Makes a credential up. It is a new one each time, so that no copy of it is worth anything. */
export function createCredential(mode: Mode): Credential {
  const secret = randomBytes(24).toString("base64url");
  if (mode === "bearer") return { fields: { token: secret }, authorization: `Bearer ${secret}` };
  const fields = { username: "trainer", password: secret };
  return { fields, authorization: `Basic ${Buffer.from(`trainer:${secret}`).toString("base64")}` };
}
