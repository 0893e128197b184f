/** Which environment variables the secrets of an instance come from. */
import type { Interpolation } from "./interpolate.js";

/** Names of variables. They are there for others: each holds a secret that only the plugin needs. */
export interface SecretVariables {
  /** Those by which the file fills a secret field: `{ env: NAME }`, or any `${NAME}` in it. */
  readonly named: readonly string[];
  /** Those that fill one which the file leaves out, for the plugin's schema has it fall back to them. */
  readonly fallbacks: readonly string[];
}

/** What is known of the secret fields once they are completed. */
export interface SecretFields {
  /** The place of each secret field, and what stands there. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly interpolations: ReadonlyMap<string, Interpolation>;
  readonly fromEnvironment: ReadonlyMap<string, string>;
}

/** Names of variables that are not set may be among those that the file names. */
export function secretVariables({ values, interpolations, fromEnvironment }: SecretFields): SecretVariables {
  const named = new Set<string>();
  const fallbacks = new Set<string>();
  for (const [place, value] of values) {
    const fallback = fromEnvironment.get(place);
    if (fallback !== undefined) {
      fallbacks.add(fallback);
      continue;
    }
    for (const name of interpolations.get(place)?.variables ?? []) named.add(name);
    const { env } = (value ?? {}) as { env?: unknown };
    if (typeof env === "string") named.add(env);
  }
  return Object.freeze({
    named: Object.freeze([...named]),
    fallbacks: Object.freeze([...fallbacks].filter((name) => !named.has(name))),
  });
}
