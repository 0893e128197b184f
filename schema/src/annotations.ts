/**
 * Keywords that core reads beside JSON Schema's own. Validators ignore them.
 *
 * - `x-env`: environment variables that a property falls back to, the first that is set.
 * - `x-expects`: what a value must be, in words, for messages: "a duration such as 30s".
 * - `x-value`: marks the definitions of values.schema.json that core converts: secret, duration, path.
 * - `tsType`: json-schema-to-typescript's own, the TypeScript type of a property.
 */
export const annotations = ["x-env", "x-expects", "x-value", "tsType"] as const;
