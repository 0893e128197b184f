/** JSON that others wrote, of which nothing is known yet. */

/**
 * The object that a text is in JSON; undefined where it is no JSON, or something else, such as a list. It never throws: what `JSON.parse`
 * throws quotes the text.
 */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
