import { randomBytes, randomUUID } from "node:crypto";
import { type Answer, type Call, envelope, errors, noContent, ttlSeconds } from "./answer.ts";
import { DEFAULT_LEASE, type TokenSettings, withDefault } from "./token-settings.ts";

/** A token, as the store keeps it. */
export interface Token extends TokenSettings {
  readonly id: string;
  readonly accessor: string;
  /** The call that made it. */
  readonly path: string;
  readonly displayName: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly entity: string;
  readonly orphan: boolean;
  readonly renewable: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly issued: number;
  renewed: number | undefined;
  expires: number;
}

type NewToken = Partial<Omit<Token, "accessor" | "issued" | "renewed" | "expires">>;

/** Vault's token store: who may do what, and for how long. */
export class Tokens {
  readonly #tokens = new Map<string, Token>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  create(wanted: NewToken): Token {
    const { type = "service", explicitMaxTtl = 0 } = wanted;
    const ttl = explicitMaxTtl === 0 ? (wanted.ttl ?? 0) : Math.min(wanted.ttl ?? 0, explicitMaxTtl);
    const issued = this.#now();
    const token: Token = {
      id: `${type === "batch" ? "hvb" : "hvs"}.${randomBytes(66).toString("base64url")}`,
      policies: ["default"],
      path: "auth/token/create",
      displayName: "token",
      metadata: null,
      entity: "",
      orphan: false,
      maxTtl: 0,
      period: 0,
      renewable: true,
      ...wanted,
      type,
      ttl,
      explicitMaxTtl,
      accessor: type === "batch" ? "" : randomBytes(18).toString("base64url"),
      issued,
      renewed: undefined,
      expires: ttl === 0 ? Number.POSITIVE_INFINITY : issued + ttl * 1000,
    };
    this.#tokens.set(token.id, token);
    return token;
  }

  /** The token, if it exists and has not expired. */
  find(id: string): Token | undefined {
    const token = this.#tokens.get(id);
    return token !== undefined && token.expires > this.#now() ? token : undefined;
  }

  ofLogins(): string[] {
    const made = [...this.#tokens.values()].filter(({ path }) => path.endsWith("/login"));
    return made.flatMap(({ id }) => this.find(id)?.id ?? []);
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
    if (call === "renew-self" && isWrite) return this.#renew(token, ttlSeconds(body["increment"]));
    if (call === "revoke-self" && isWrite) return this.#drop(token);
    if (call === "revoke" && isWrite) return this.#drop(this.#tokens.get(String(body["token"])));
    return undefined;
  }

  #lookup(token: Token): Answer {
    const renewal =
      token.renewed === undefined
        ? {}
        : {
            last_renewal: new Date(token.renewed).toISOString(),
            last_renewal_time: Math.floor(token.renewed / 1000),
          };
    const data = {
      accessor: token.accessor,
      creation_time: Math.floor(token.issued / 1000),
      creation_ttl: token.ttl,
      display_name: token.displayName,
      entity_id: token.entity,
      expire_time: token.ttl === 0 ? null : new Date(token.expires).toISOString(),
      explicit_max_ttl: token.explicitMaxTtl,
      id: token.id,
      issue_time: new Date(token.issued).toISOString(),
      ...renewal,
      meta: token.metadata,
      num_uses: 0,
      orphan: token.orphan,
      path: token.path,
      ...(token.period === 0 ? {} : { period: token.period }),
      policies: token.policies,
      renewable: isRenewable(token),
      ttl: token.ttl === 0 ? 0 : Math.ceil((token.expires - this.#now()) / 1000),
      type: token.type,
    };
    return envelope(200, { data, mountType: "token" });
  }

  #createChild(body: Call["body"], parent: Token): Answer {
    const wanted = body["policies"] as string[] | undefined;
    const bare = body["no_default_policy"] === true;
    const policies = wanted === undefined ? [...parent.policies] : bare ? wanted : withDefault(wanted);
    const forEver = policies.includes("root");
    const { id, type = "service" } = body;
    if (type !== "service" && type !== "batch") return errors(400, "invalid 'token_type' value");
    if (typeof id === "string" && this.find(id)) return errors(400, "cannot create a token with a duplicate ID");
    const period = ttlSeconds(body["period"]) ?? 0;
    const ttl = period || (ttlSeconds(body["ttl"]) ?? (forEver ? 0 : DEFAULT_LEASE));
    const token = this.create({
      policies,
      ttl,
      period,
      type,
      explicitMaxTtl: ttlSeconds(body["explicit_max_ttl"]) ?? 0,
      renewable: body["renewable"] !== false,
      orphan: body["no_parent"] === true,
      ...(id ? { id: String(id) } : {}),
    });
    const warnings = [
      ...(id ? ["A token id of one's own is hashed less securely."] : []),
      ...(token.ttl < ttl ? ["The TTL was capped."] : []),
    ];
    const warned = warnings.length === 0 ? {} : { warnings };
    return envelope(200, { auth: authBlock(token), mountType: "token", ...warned });
  }

  #renew(token: Token, increment: number | undefined): Answer {
    if (token.type === "batch") return errors(400, "batch tokens cannot be renewed");
    if (!isRenewable(token)) return errors(400, "lease is not renewable");
    const now = this.#now();
    const wanted = token.period || (increment ?? token.ttl);
    const limit = token.explicitMaxTtl || (token.period === 0 && token.maxTtl) || Number.POSITIVE_INFINITY;
    const granted = Math.min(wanted, Math.round((token.issued + limit * 1000 - now) / 1000));
    token.renewed = now;
    token.expires = now + granted * 1000;
    const warned = granted < wanted ? { warnings: ["The TTL was capped."] } : {};
    return envelope(200, { auth: authBlock(token, granted), mountType: "token", ...warned });
  }

  #drop(token: Token | undefined): Answer {
    if (token?.type === "batch") return errors(400, "batch tokens cannot be revoked");
    if (token !== undefined) this.revoke(token.id);
    return noContent;
  }
}

function isRenewable({ renewable, ttl, type }: Token): boolean {
  return renewable && ttl !== 0 && type === "service";
}

/** The `auth` part of an answer. */
export function authBlock(token: Token, granted: number = token.ttl): Record<string, unknown> {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: token.metadata,
    lease_duration: granted,
    renewable: isRenewable(token),
    entity_id: token.entity,
    token_type: token.type,
    orphan: token.orphan,
    mfa_requirement: null,
    num_uses: 0,
  };
}

/** An identity that Vault makes up at the first login of a role. */
export function newEntity(): string {
  return randomUUID();
}
