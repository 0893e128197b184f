/** Which environment variables the secrets of an instance come from. */
import type { Interpolation } from "./interpolate.js";

/** Names of variables. They are there for others: each holds a secret that only the plugin needs. */
export interface SecretVariables {
  /** Those by which the file fills a secret field: `{ env: NAME }`, or any `${NAME}` in it. */
  readonly named: readonly string[];
  /**
   * Those that the plugin's schema has a secret field fall back to which the file leaves out: all that are set, for what is not taken
   * is an older name of the same secret, or the next best one.
   */
  readonly fallbacks: readonly string[];
}

/** What is known of the secret fields once they are completed. */
export interface SecretFields {
  /** The place of each secret field, and what stands there. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly interpolations: ReadonlyMap<string, Interpolation>;
  readonly fromEnvironment: ReadonlyMap<string, readonly string[]>;
}

/** Names of variables that are not set may be among those that the file names. */
export function secretVariables({ values, interpolations, fromEnvironment }: SecretFields): SecretVariables {
  const named = new Set<string>();
  const fallbacks = new Set<string>();
  for (const [place, value] of values) {
    const found = fromEnvironment.get(place);
    if (found !== undefined) {
      for (const name of found) fallbacks.add(name);
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
