const space = /[ \t\n\r]*/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings, so they have to be named
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/**
 * Where a text stops being JSON: the offset of the first character that can't stand there; undefined if all of it is JSON.
 * JSON.parse tells that only for some errors, and quotes the text.
 */
export function jsonErrorOffset(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return new Scanner(text).errorOffset();
  }
}

/** Keeps what is open in a list of its own: recursion would end where the nesting is deeper than the stack. */
class Scanner {
  readonly #text: string;
  #at = 0;
  /** The closing brackets that are still to come, innermost last. */
  readonly #open: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  errorOffset(): number {
    let sound = this.#value();
    while (sound && this.#open.length > 0) {
      if (this.#take(",")) sound = this.#item();
      else {
        sound = this.#take(this.#open.at(-1) as string);
        if (sound) this.#open.pop();
      }
    }
    this.#skip(space);
    // A text of which all is consumed but which is still no JSON does not exist; nesting that JSON.parse gives up on does.
    return sound && this.#at === this.#text.length ? 0 : this.#at;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found !== null;
  }

  #take(character: string): boolean {
    this.#skip(space);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** A value up to its end; of a list or an object with content, up to the end of the first plain or empty value in it. */
  #value(): boolean {
    for (;;) {
      const end = this.#take("{") ? "}" : this.#take("[") ? "]" : undefined;
      if (end === undefined) return this.#skip(string) || this.#skip(literal);
      if (this.#take(end)) return true;
      this.#open.push(end);
      if (end === "}" && !this.#key()) return false;
    }
  }

  /** A member of the innermost list or object. */
  #item(): boolean {
    return (this.#open.at(-1) === "]" || this.#key()) && this.#value();
  }

  #key(): boolean {
    this.#skip(space);
    return this.#skip(string) && this.#take(":");
  }
}
