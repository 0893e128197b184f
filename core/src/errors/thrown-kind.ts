const WORD = /^\w{1,64}$/;

/**
 * What can be said of anything that somebody else's code threw: the name of its class, and its code where it has one, as in
 * `TypeError` or `FetchError (ECONNREFUSED)`. Never its message, which may quote a request. Safe for objects whose properties
 * throw when they are read.
 */
export function thrownKind(thrown: unknown): string {
  try {
    const { name, code } = (typeof thrown === "object" && thrown !== null ? thrown : {}) as Record<string, unknown>;
    const kind = typeof name === "string" && WORD.test(name) ? name : typeof thrown;
    return typeof code === "string" && WORD.test(code) ? `${kind} (${code})` : kind;
  } catch {
    return "an error that can't be read";
  }
}
