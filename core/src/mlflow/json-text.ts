/**
 * Where things stand in a JSON text that is known to be valid, so that a part of it can be changed and the rest kept to the byte.
 * The text is one character per byte (latin1): every index is an offset in the body, too.
 */

/** A value's place: from its first character to behind its last. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** The place of a member's value, with its key. */
export interface Member extends Place {
  /** Decoded. */
  readonly key: string;
}

/** The first place from `at` on that is no white space. */
export function skipSpace(text: string, at: number): number {
  let next = at;
  while (isSpace(text.charCodeAt(next))) next++;
  return next;
}

/** The members of the object that begins at `open`, those of repeated keys, too. */
export function* members(text: string, open: number): Generator<Member> {
  let at = skipSpace(text, open + 1);
  while (text[at] !== "}" && at < text.length) {
    const keyEnd = valueEnd(text, at);
    const key = stringAt(text, { start: at, end: keyEnd }) as string;
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = valueEnd(text, start);
    yield { key, start, end };
    at = skipComma(text, end);
  }
}

/** The elements of the array that begins at `open`. */
export function* elements(text: string, open: number): Generator<Place> {
  let at = skipSpace(text, open + 1);
  while (text[at] !== "]" && at < text.length) {
    const end = valueEnd(text, at);
    yield { start: at, end };
    at = skipComma(text, end);
  }
}

/** The string that stands there, decoded; undefined if it is another kind of value. */
export function stringAt(text: string, { start, end }: Place): string | undefined {
  if (text[start] !== '"') return undefined;
  return JSON.parse(Buffer.from(text.slice(start, end), "latin1").toString("utf8"));
}

function skipComma(text: string, end: number): number {
  const at = skipSpace(text, end);
  return text[at] === "," ? skipSpace(text, at + 1) : at;
}

function valueEnd(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return stringEnd(text, start);
  let at = start;
  if (first !== "{" && first !== "[") {
    while (at < text.length && !isDelimiter(text.charCodeAt(at))) at++;
    return at;
  }
  // A loop and a count, not recursion: a body may be as deep as it is long.
  let depth = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      at = stringEnd(text, at);
      continue;
    }
    at++;
    if (character === "{" || character === "[") depth++;
    else if ((character === "}" || character === "]") && --depth === 0) break;
  }
  return at;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** What can follow a number, `true`, `false` or `null`. */
function isDelimiter(code: number): boolean {
  return code === 0x2c || code === 0x7d || code === 0x5d || isSpace(code);
}
