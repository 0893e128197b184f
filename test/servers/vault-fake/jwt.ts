import type { KeyObject } from "node:crypto";
import { type Answer, type Call, envelope, errors, noContent } from "./answer.ts";
import type { AuthMethod } from "./auth-method.ts";
import { type Claims, type Flaw, publicKeys, readSigned } from "./signed-token.ts";
import { roleTokenSettings, type TokenSettings } from "./token-settings.ts";
import { authBlock, newEntity, type Tokens } from "./tokens.ts";

interface Role {
  readonly audiences: readonly string[];
  readonly subject: string;
  readonly userClaim: string;
  readonly claims: Claims;
  readonly settings: TokenSettings;
  readonly entity: string;
}

interface Config {
  readonly keys: readonly KeyObject[];
  readonly issuer: string;
  readonly defaultRole: string;
}

/** The JWT auth method at one mount with keys of its own, written after HashiCorp's vault-plugin-auth-jwt as Vault 1.18 has it. */
export class JwtMethod implements AuthMethod {
  readonly #roles = new Map<string, Role>();
  readonly #tokens: Tokens;
  readonly #now: () => number;
  #config: Config | undefined;

  constructor(tokens: Tokens, now: () => number) {
    this.#tokens = tokens;
    this.#now = now;
  }

  login({ path, body }: Call): Answer {
    if (this.#config === undefined) return errors(400, "could not load configuration");
    const name = String(body["role"] || this.#config.defaultRole).toLowerCase();
    if (name === "") return errors(400, "missing role");
    const role = this.#roles.get(name);
    if (role === undefined) return errors(400, `role "${name}" could not be found`);
    if (!body["jwt"]) return errors(400, "missing token");
    const claims = readSigned(String(body["jwt"]), this.#config.keys, this.#now());
    const flaw = typeof claims === "string" ? flaws[claims] : mismatch(claims, role, this.#config);
    if (typeof claims === "string" || flaw !== undefined) return errors(400, String(flaw));
    const user = claims[role.userClaim];
    if (typeof user !== "string") return errors(400, `claim "${role.userClaim}" not found in token`);
    const token = this.#tokens.create({
      ...role.settings,
      path,
      displayName: `${path.split("/")[1]}-${user}`,
      metadata: { role: name },
      entity: role.entity,
      orphan: true,
    });
    return envelope(200, { auth: authBlock(token) });
  }

  handle({ method, body }: Call, rest: string): Answer | undefined {
    if (method !== "POST" && method !== "PUT") return undefined;
    if (rest === "config") return this.#configure(body);
    const [, name] = /^role\/([^/]+)$/.exec(rest) ?? [];
    if (name === undefined) return undefined;
    if (!body["user_claim"]) return errors(400, "a user claim must be defined on the role");
    const role: Role = {
      audiences: [body["bound_audiences"] ?? []].flat().map(String),
      subject: String(body["bound_subject"] ?? ""),
      userClaim: String(body["user_claim"]),
      claims: (body["bound_claims"] ?? {}) as Claims,
      settings: roleTokenSettings(body),
      entity: newEntity(),
    };
    const isBound = role.audiences.length > 0 || role.subject !== "" || Object.keys(role.claims).length > 0;
    if (body["role_type"] !== "jwt" || !isBound) {
      return errors(400, "must have at least one bound constraint when creating/updating a role");
    }
    this.#roles.set(name.toLowerCase(), role);
    return noContent;
  }

  #configure(body: Call["body"]): Answer {
    const keys = publicKeys(body["jwt_validation_pubkeys"] ?? []);
    if (keys === undefined || keys.length === 0) return errors(400, "error parsing public key");
    const text = (name: string) => String(body[name] ?? "");
    this.#config = { keys, issuer: text("bound_issuer"), defaultRole: text("default_role") };
    return noContent;
  }
}

const flaws: Record<Flaw, string> = {
  malformed: "error validating token: malformed token",
  signature: "error validating token: no known key successfully validated the token signature",
  expired: "error validating token: invalid expiration time (exp) claim: token is expired",
  "not yet valid": "error validating token: invalid not before (nbf) claim: token not yet valid",
  "no time": "error validating token: no issued at (iat), not before (nbf), or expiration time (exp) claims in token",
};

/** What does not fit the role; undefined if everything does. */
function mismatch(claims: Claims, role: Role, { issuer }: Config): string | undefined {
  const audiences = [claims["aud"] ?? []].flat();
  if (issuer !== "" && claims["iss"] !== issuer) return "error validating token: invalid issuer (iss) claim";
  if (role.subject !== "" && claims["sub"] !== role.subject)
    return "error validating token: invalid subject (sub) claim";
  if (audiences.length > 0 && role.audiences.length === 0) {
    return "audience claim found in JWT but no audiences bound to the role";
  }
  if (role.audiences.length > 0 && !audiences.some((audience) => role.audiences.includes(String(audience)))) {
    return "error validating token: invalid audience (aud) claim: audience claim does not match any expected audience";
  }
  for (const [name, wanted] of Object.entries(role.claims)) {
    const given = [claims[name] ?? []].flat();
    if (!given.some((value) => [wanted].flat().includes(value))) {
      return `error validating claims: claim "${name}" does not match any associated bound claim values`;
    }
  }
  return undefined;
}
