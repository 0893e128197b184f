/** What may be shown of texts and errors that come from elsewhere. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const hidden = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A text as it may be shown in one line of a terminal: what would move the cursor, change colours, break the line or turn the
 * direction of writing is written out, as in `\u001b`.
 */
export function printable(text: string): string {
  return text.replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const WORD = /^\w{1,64}$/;

/**
 * What can be said of anything that somebody else's code threw: the name of its class, and its code where it has one, as in
 * `TypeError` or `FetchError (ECONNREFUSED)`. Never its message, which may quote a request. Safe for objects whose properties
 * throw when they are read.
 */
export function thrownKind(thrown: unknown): string {
  try {
    const {
      name,
      code,
      constructor: made,
    } = (typeof thrown === "object" && thrown !== null ? thrown : {}) as Record<string, unknown>;
    // Most authors give their class a name, and its errors none.
    const named = name === "Error" ? (made as { name?: unknown } | undefined)?.name : name;
    const kind = typeof named === "string" && WORD.test(named) ? named : typeof thrown;
    return typeof code === "string" && WORD.test(code) ? `${kind} (${code})` : kind;
  } catch {
    return "an error that can't be read";
  }
}
