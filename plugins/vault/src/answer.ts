/** What Vault said, and how to read it. */

/** One answer, of whatever status. */
export interface VaultAnswer {
  readonly status: number;
  /** The parsed JSON; undefined if there was none, as where the address is not Vault's. */
  readonly body: unknown;
}

/** What came of reading a secret, and where it was tried. */
export interface Reading {
  readonly answer: VaultAnswer;
  readonly mount: string;
  /** Below the mount, without the `data/` of the API. */
  readonly path: string;
  /** The path as policies have it, for example `secret/data/mlflow/auth`. */
  readonly apiPath: string;
  /** For messages: `secret/mlflow/auth`. */
  readonly name: string;
  /** Of the mount, as far as it is known. */
  readonly kvVersion: 1 | 2;
  /** The fields of the secret; undefined unless the answer is one. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** A field of a JSON object; undefined where there is none, or null. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name] ?? undefined;
}

/** Vault's own words: to judge by, never to repeat, for they may quote a request. */
export function errorText(body: unknown): string {
  const errors = field(body, "errors");
  return Array.isArray(errors) ? errors.filter((error) => typeof error === "string").join("\n") : "";
}

/** Vault (seen with 1.18) tells a token that it does not know from one without permission. */
export function isInvalidToken({ status, body }: VaultAnswer): boolean {
  return status === 403 && /invalid token|bad token/i.test(errorText(body));
}

/** Milliseconds left of an answer's `lease_duration`; undefined for one without an end. Counted from when Vault was asked. */
export function leaseOf(answer: unknown, elapsed: number): number | undefined {
  const seconds = field(answer, "lease_duration");
  if (typeof seconds !== "number" || seconds <= 0) return undefined;
  return Math.max(0, seconds * 1000 - elapsed);
}
