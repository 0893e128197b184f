/** MLflow's filter language is a small part of SQL: comparisons joined by AND. */

export type TokenKind = "name" | "string" | "number" | "operator" | "list";

export interface Token {
  readonly kind: TokenKind;
  /** As it stands in the filter. */
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

/** @returns the tokens, and what could not be read; keywords are names */
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

/** What a name is made of: `params` and `lr` of `params.lr`, and `attribute` where it names no entity. */
export function nameParts(name: string): { readonly prefix: string; readonly key: string } {
  const [, prefix = "attribute", rest = ""] = /^(?:(\w+)\.)?(.*)$/s.exec(name) ?? [];
  return { prefix, key: unquoted(rest) };
}

/** A string, or a quoted key, without its quotes. */
export function unquoted(text: string): string {
  return /^(['"`]).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
