import { Secret } from "../secret/secret.js";
import type { SecretSource } from "../secret/source.js";

/**
 * A secret field's value, as a plugin's options hold it.
 *
 * @param text the secret; a function is asked at each read, for one that rotates or (throwing) can't be read
 */
export function secretSource(text: string | (() => string | Promise<string>), origin = "the test"): SecretSource {
  return {
    origin,
    read: async () => new Secret(typeof text === "string" ? text : await text()),
  };
}
