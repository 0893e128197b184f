import { randomBytes, randomUUID } from "node:crypto";
import { type Answer, type Call, envelope, errors, noContent, ttlSeconds } from "./answer.ts";

export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  /** The call that made it. */
  readonly path: string;
  readonly displayName: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly entity: string;
  readonly orphan: boolean;
  /** Seconds that a renewal grants; 0: for ever. */
  readonly ttl: number;
  /** Milliseconds since the Unix epoch. */
  readonly issued: number;
  expires: number;
}

type NewToken = Partial<Omit<Token, "accessor" | "issued" | "expires">>;

/** Vault's token store: who may do what, and for how long. */
export class Tokens {
  readonly #tokens = new Map<string, Token>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  create(wanted: NewToken): Token {
    const ttl = wanted.ttl ?? 0;
    const issued = this.#now();
    const token: Token = {
      id: `hvs.${randomBytes(66).toString("base64url")}`,
      policies: ["default"],
      path: "auth/token/create",
      displayName: "token",
      metadata: null,
      entity: "",
      orphan: false,
      ...wanted,
      ttl,
      accessor: randomBytes(18).toString("base64url"),
      issued,
      expires: ttl === 0 ? Number.POSITIVE_INFINITY : issued + ttl * 1000,
    };
    this.#tokens.set(token.id, token);
    return token;
  }

  /** The token, if it is there and has not run out. */
  find(id: string): Token | undefined {
    const token = this.#tokens.get(id);
    return token !== undefined && token.expires > this.#now() ? token : undefined;
  }

  revoke(id: string): void {
    this.#tokens.delete(id);
  }

  /** The auth method that is mounted at `auth/token/`. */
  handle({ method, path, body }: Call, token: Token): Answer | undefined {
    const call = path.slice("auth/token/".length);
    const isWrite = method === "POST" || method === "PUT";
    if (call === "lookup-self" && method === "GET") return this.#lookup(token);
    if (call === "create" && isWrite) return this.#createChild(body, token);
    if (call === "renew-self" && isWrite) return this.#renew(token);
    if (call === "revoke-self" && isWrite) return this.#drop(token.id);
    if (call === "revoke" && isWrite) return this.#drop(String(body["token"]));
    return undefined;
  }

  #lookup(token: Token): Answer {
    const data = {
      accessor: token.accessor,
      creation_time: Math.floor(token.issued / 1000),
      creation_ttl: token.ttl,
      display_name: token.displayName,
      entity_id: token.entity,
      expire_time: token.ttl === 0 ? null : new Date(token.expires).toISOString(),
      explicit_max_ttl: 0,
      id: token.id,
      issue_time: new Date(token.issued).toISOString(),
      meta: token.metadata,
      num_uses: 0,
      orphan: token.orphan,
      path: token.path,
      policies: token.policies,
      renewable: token.ttl !== 0,
      ttl: token.ttl === 0 ? 0 : Math.ceil((token.expires - this.#now()) / 1000),
      type: "service",
    };
    return envelope(200, { data, mountType: "token" });
  }

  #createChild(body: Call["body"], parent: Token): Answer {
    const wanted = body["policies"] as string[] | undefined;
    const policies = wanted === undefined ? [...parent.policies] : withDefault(wanted);
    const forEver = policies.includes("root");
    const ttl = ttlSeconds(body["ttl"]) ?? (forEver ? 0 : DEFAULT_LEASE);
    const id = body["id"];
    if (typeof id === "string" && this.find(id)) return errors(400, "cannot create a token with a duplicate ID");
    const token = this.create({ policies, ttl, orphan: body["no_parent"] === true, ...(id ? { id: String(id) } : {}) });
    const warnings = id ? { warnings: ["A token id of one's own is hashed less securely."] } : {};
    return envelope(200, { auth: authBlock(token), mountType: "token", ...warnings });
  }

  #renew(token: Token): Answer {
    if (token.ttl !== 0) token.expires = this.#now() + token.ttl * 1000;
    return envelope(200, { auth: authBlock(token), mountType: "token" });
  }

  #drop(id: string): Answer {
    this.revoke(id);
    return noContent;
  }
}

/** Seconds that Vault grants where nobody says otherwise: 32 days. */
export const DEFAULT_LEASE = 2_764_800;

/** Every token but root's has the default policy. */
export function withDefault(policies: readonly string[]): string[] {
  return policies.includes("root") ? ["root"] : [...new Set(["default", ...policies])].sort();
}

/** The `auth` part of a login's answer. */
export function authBlock(token: Token): Record<string, unknown> {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: token.metadata,
    lease_duration: token.ttl,
    renewable: token.ttl !== 0,
    entity_id: token.entity,
    token_type: "service",
    orphan: token.orphan,
    mfa_requirement: null,
    num_uses: 0,
  };
}

/** An identity that Vault makes up at the first login of a role. */
export function newEntity(): string {
  return randomUUID();
}
