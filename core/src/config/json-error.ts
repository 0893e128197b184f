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

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  errorOffset(): number {
    const sound = this.#value() && this.#skip(space);
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

  #value(): boolean {
    if (this.#take("{")) return this.#list("}", () => this.#skip(string) && this.#take(":") && this.#value());
    if (this.#take("[")) return this.#list("]", () => this.#value());
    return this.#skip(string) || this.#skip(literal);
  }

  #list(end: string, item: () => boolean): boolean {
    if (this.#take(end)) return true;
    do {
      this.#skip(space);
      if (!item()) return false;
    } while (this.#take(","));
    return this.#take(end);
  }
}
