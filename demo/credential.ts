/** The credential of the demo. */
import { randomBytes } from "node:crypto";
import type { Given, Mode } from "./providers/provider.ts";

/** A credential, as it is kept and as it is sent. */
export interface Credential {
  /** The fields of the secret. */
  readonly fields: Readonly<Record<string, string>>;
  /** The value of the Authorization header that is made of them. */
  readonly authorization: string;
  /** What asks for it calls it so. */
  readonly name: string;
}

/** Makes a credential up. It is a new one each time, so that no copy of it is worth anything. */
export function createCredential(mode: Mode): Credential {
  const secret = randomBytes(24).toString("base64url");
  if (mode === "bearer")
    return { fields: { token: secret }, authorization: `Bearer ${secret}`, name: "a Bearer token" };
  const fields = { username: "trainer", password: secret };
  const authorization = `Basic ${Buffer.from(`trainer:${secret}`).toString("base64")}`;
  return { fields, authorization, name: "Basic credentials" };
}

/** What the proxy in front of MLflow asks for where nothing of the provider's own stands there. */
export function frontOf({ authorization, name }: Credential): Pick<Given, "wanted" | "front"> {
  return { wanted: name, front: authorization };
}
