/** Which one slip made YAML's parser stumble: it goes on after it, and finds fault with much that is right. */
import type { CST } from "yaml";

/** Nesting beyond this is not looked into: the stack has an end. */
const MAX_DEPTH = 200;

/** An error of the parser. */
export interface ParserError {
  readonly code: string;
  /** Where in the text, from and to. */
  readonly pos: readonly [number, number];
}

/** What to put right, and the offset of where. The message repeats nothing of the text but its punctuation. */
export interface SyntaxCause {
  readonly offset: number;
  readonly message: string;
}

/**
 * @param errors at least one
 * @param tokens the text as the parser's first pass sees it, with all that it does not close
 */
export function syntaxCause(text: string, errors: readonly ParserError[], tokens: Iterable<CST.Token>): SyntaxCause {
  const first = errors.reduce((earliest, error) => (error.pos[0] < earliest.pos[0] ? error : earliest));
  const [at] = first.pos;
  const dollar = text.startsWith("${", at - 1) ? at - 1 : text.startsWith("${", at) ? at : undefined;
  if (dollar !== undefined) return { offset: dollar, message: UNQUOTED };
  const open = unclosed(tokens);
  if (open !== undefined && open.offset < at) return open;
  const offset = at + (/^ */.exec(text.slice(at)) as RegExpExecArray)[0].length;
  return { offset, message: messageOf(first.code, text, offset) };
}

const UNQUOTED = 'within { } or [ ] a `${…}` must be in quotes: "${NAME}"';

/** The first bracket or quote that nothing closes. */
function unclosed(tokens: Iterable<CST.Token>, depth = 0): SyntaxCause | undefined {
  if (depth > MAX_DEPTH) return undefined;
  for (const token of tokens) {
    const found = unclosedIn(token, depth);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unclosedIn(token: CST.Token, depth: number): SyntaxCause | undefined {
  if (token.type === "double-quoted-scalar" || token.type === "single-quoted-scalar") {
    const { offset, source } = token;
    const isClosed = source.length > 1 && source.endsWith(source[0] as string);
    return isClosed ? undefined : { offset, message: QUOTE };
  }
  const parts: readonly CST.CollectionItem[] = "items" in token ? (token.items as CST.CollectionItem[]) : [];
  const inner = [...parts.flatMap(({ key, value }) => [key, value]), "value" in token ? token.value : undefined];
  const found = unclosed(
    inner.filter((part): part is CST.Token => part !== null && part !== undefined),
    depth + 1,
  );
  if (token.type !== "flow-collection" || found?.message === QUOTE) return found;
  const { offset, source } = token.start;
  if (token.end.some(({ type }) => type === "flow-map-end" || type === "flow-seq-end")) return found;
  return { offset, message: `nothing closes this \`${source}\`: \`${CLOSING[source]}\` is missing` };
}

const QUOTE = "nothing closes this quote";
const CLOSING: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

function messageOf(code: string, text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, endOfLine(text, offset));
  if (code === "UNEXPECTED_TOKEN" && /^[}\]]$/.test(text[offset] ?? "")) {
    return `this \`${text[offset]}\` closes nothing: something before it is missing, or it is one too many`;
  }
  if (code === "BLOCK_AS_IMPLICIT_KEY") return /: .*: |: .*:$/.test(line) ? TWO_COLONS : DEEPER;
  if (code === "MULTILINE_IMPLICIT_KEY" && /^[\s-]*[\w.-]+:[^\s/]/.test(line))
    return "a space is missing behind the `:`";
  if (/^(MISSING_CHAR|MULTILINE_IMPLICIT_KEY)$/.test(code) && !/:(\s|$)/.test(line))
    return "a `:` with a space behind it is missing on this line";
  return messages[code] ?? "this is not well-formed YAML";
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end;
}

const TWO_COLONS = "a text that holds `: ` must be in quotes";
const DEEPER = "the line below is indented deeper than this one, which has a value already";

const messages: Readonly<Record<string, string>> = {
  BAD_INDENT: "this line is indented neither as those before it nor as one that they hold",
  TAB_AS_INDENT: "a tab is not allowed as indentation: use spaces",
  MISSING_CHAR: "a comma is missing here, or a `:` with a space behind it",
  UNEXPECTED_TOKEN: "something stands here that YAML does not expect",
  BAD_SCALAR_START: "a plain text can't begin with this character: put it in quotes",
  BAD_DQ_ESCAPE: "this escape does not exist in double quotes: use single quotes or double the backslash",
  BLOCK_IN_FLOW: "a comma is missing before the next field",
  MULTILINE_IMPLICIT_KEY: "a key must stand on one line, with a `:` behind it",
  MULTIPLE_DOCS: "a second document is refused",
  BAD_ALIAS: "an alias is refused: write the value out",
  TAG_RESOLVE_FAILED: "a tag is refused: put a text in quotes instead",
  RESOURCE_EXHAUSTION: "the file is nested too deeply",
  BAD_DIRECTIVE: "a directive is refused",
};
