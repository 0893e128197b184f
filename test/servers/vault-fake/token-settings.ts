import { type Call, ttlSeconds } from "./answer.ts";

/** What whoever makes tokens says about them: the call `auth/token/create`, or the role of an auth method. Times in seconds. */
export interface TokenSettings {
  readonly policies: readonly string[];
  /** What a token gets, and what a renewal grants. */
  readonly ttl: number;
  /** What all renewals together may come to; 0: Vault's own limit, which is longer than any test. */
  readonly maxTtl: number;
  /** The same, set for this token for good. */
  readonly explicitMaxTtl: number;
  /** Where set, renewals grant it for ever. */
  readonly period: number;
  readonly type: "service" | "batch";
}

/** Seconds that Vault grants where nobody says otherwise: 32 days. */
export const DEFAULT_LEASE = 2_764_800;

/** Every token but root's has the default policy. */
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
