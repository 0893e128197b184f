/** Characters that no client sends in a request target as they are, and the fragment, which is never sent at all. */
const NOT_IN_TARGET = /[^!-~]|#/;
const DOT_SEGMENT = /\/\.{1,2}(?:;[^/]*)?(?:\/|$)/;
/** Backslashes, which some servers read as slashes; control characters; bytes that only an overlong UTF-8 form contains. */
const NEVER_IN_PATH = /[\\\u00c0\u00c1]|[^ -~\u0080-\u00ff]/;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
/** Rounds of decoding; what is escaped more often is refused, for no client has a reason to. */
export const MOST_ROUNDS = 4;

/**
 * Whether every server reads this path (which begins with `/`, its query may follow) in the same way: no dot segments in any
 * encoding, no backslashes or control characters, no empty first segment. Escaped slashes that form no dot segment are fine.
 */
export function isCanonical(target: string): boolean {
  if (NOT_IN_TARGET.test(target) || target.startsWith("//")) return false;
  const query = target.indexOf("?");
  let path = query === -1 ? target : target.slice(0, query);
  if (BROKEN_ESCAPE.test(path)) return false;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (NEVER_IN_PATH.test(path) || DOT_SEGMENT.test(path)) return false;
    if (!path.includes("%")) return true;
    const decoded = unescapedOnce(path);
    if (decoded === path) return true;
    path = decoded;
  }
  return false;
}

/** With one round of escapes taken away, each a byte; broken ones stay. */
export function unescapedOnce(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
