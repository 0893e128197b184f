/** What a plugin makes of an answer in JSON, without a way to throw its text or to call nonsense a time. */
import { objectIn } from "../files/json-object.js";

/**
 * The fields of a JSON object. Of anything else, text that is no JSON included, there are none: look whether what you need is there. It
 * never throws, for what `JSON.parse` throws quotes the text, and with it the credential.
 *
 * @param text `answer.text`
 */
export function jsonFields(text: string): Record<string, unknown> {
  return objectIn(text) ?? {};
}

/**
 * The `lease` of a credential that comes with the seconds for which it is good, such as `expires_in` of OAuth 2.0.
 *
 * @param seconds a number, or its digits as a text, as some services write it
 * @returns milliseconds; undefined for anything else, as where the service says none: then `cache.ttl` decides alone
 */
export function leaseOfSeconds(seconds: unknown): number | undefined {
  const number = typeof seconds === "string" && /^\d{1,15}$/.test(seconds) ? Number(seconds) : seconds;
  return typeof number === "number" && Number.isFinite(number) ? number * 1000 : undefined;
}
