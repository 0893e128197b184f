import { type Call, ttlSeconds } from "./answer.ts";

/** What the call `auth/token/create`, or the role of an auth method, says about the tokens that it makes. Times are in seconds. */
export interface TokenSettings {
  readonly policies: readonly string[];
  /** How long a token is valid, and what a renewal grants. */
  readonly ttl: number;
  /** The limit of all renewals together; 0: Vault's own limit, which is longer than any test. */
  readonly maxTtl: number;
  /** The same, set for this token for good. */
  readonly explicitMaxTtl: number;
  /** If set, every renewal grants it, without a limit. */
  readonly period: number;
  readonly type: "service" | "batch";
}

/** Seconds that Vault grants if nobody says otherwise: 32 days. */
export const DEFAULT_LEASE = 2_764_800;

/** Adds the policy `default`, which every token but root's has. */
export function withDefault(policies: readonly string[]): string[] {
  return policies.includes("root") ? ["root"] : [...new Set(["default", ...policies])].sort();
}

/** The fields `token_…` that the roles of every auth method have. */
export function roleTokenSettings(body: Call["body"]): TokenSettings {
  const policies = body["token_policies"] ?? body["policies"] ?? [];
  const list = Array.isArray(policies) ? policies.map(String) : String(policies).split(",");
  const seconds = (name: string) => ttlSeconds(body[name]) ?? 0;
  const period = seconds("token_period");
  return {
    policies: body["token_no_default_policy"] === true ? list : withDefault(list),
    ttl: period || seconds("token_ttl") || DEFAULT_LEASE,
    maxTtl: seconds("token_max_ttl"),
    explicitMaxTtl: seconds("token_explicit_max_ttl"),
    period,
    type: body["token_type"] === "batch" ? "batch" : "service",
  };
}
