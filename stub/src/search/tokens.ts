/** The words of MLflow's filter language, which is a small part of SQL: comparisons joined by AND. */

/** A keyword is a `name`. A text in double quotes is a `string`, but for the key of a name: `tags."my key"`. */
export type TokenKind = "name" | "string" | "number" | "operator" | "list";

/** A word of a filter or of an order. */
export interface Token {
  readonly kind: TokenKind;
  /** As it stands there, with its quotes or parentheses. */
  readonly text: string;
}

const patterns: readonly (readonly [kind: TokenKind, pattern: RegExp])[] = [
  ["number", /-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?![\w.])/y],
  // A name is an entity and a key, `params.lr`; a key with other characters stands in backticks or double quotes.
  ["name", /[A-Za-z_]\w*(?:\.(?:`[^`]*`|"[^"]*"|\w+(?:\.\w+)*))?(?!\w)/y],
  ["string", /'(?:[^']|'')*'|"[^"]*"/y],
  ["operator", /[<>!=]+/y],
  ["list", /\([^()]*\)/y],
];

/** Cuts a text into tokens. `rest` is what can't be read, from its first character on; empty if all could be. */
export function tokensOf(text: string): { tokens: Token[]; rest: string } {
  const tokens: Token[] = [];
  let position = 0;
  for (;;) {
    while (/\s/.test(text.charAt(position))) position++;
    if (position === text.length) return { tokens, rest: "" };
    const token = tokenAt(text, position);
    if (token === undefined) return { tokens, rest: text.slice(position) };
    tokens.push(token);
    position += token.text.length;
  }
}

function tokenAt(text: string, position: number): Token | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) return { kind, text: match[0] };
  }
  return undefined;
}

/** The two parts of a name: `params` and `lr` of `params.lr`. A name without a prefix is one of an `attribute`. */
export function nameParts(name: string): { readonly prefix: string; readonly key: string } {
  const [, prefix = "attribute", rest = ""] = /^(?:(\w+)\.)?(.*)$/s.exec(name) ?? [];
  return { prefix, key: unquoted(rest) };
}

/** A string or a key without its quotes, if it has any. Quotes inside of it stay as they are. */
export function unquoted(text: string): string {
  return /^(['"`]).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
