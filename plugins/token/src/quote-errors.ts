/** What a command said about its failure, as far as it may be repeated: it may quote the very token, or what it logs in with. */
import { printable } from "@mlflow-auth/core/plugin";

/** Lines, and characters of each: enough for a reason, and too short for a trace. */
const MOST_LINES = 3;
const LONGEST_LINE = 200;
/** Characters from which on a word may be a part of a secret that is worth hiding. */
const SHORTEST_SECRET = 8;

const HIDDEN = "[secret]";
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours begin with
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

const LOOKS_SECRET: readonly RegExp[] = [
  // A JSON Web Token, or any two parts of one.
  /\b[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g,
  /(?<=\b(?:bearer|basic|apikey)\s+)\S{4,}/gi,
  /(?<=(?:token|secret|password|passwd|key|credential)s?["']?\s*[=:]\s*["']?)[^\s"']{4,}/gi,
  /[\w+/=-]{40,}/g,
];

/** What must not be repeated. */
export interface KnownSecrets {
  /** What the command printed on stdout: every word of it is taken for a token. */
  readonly stdout: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The last lines, in quotes and without secrets, for a message; "" where it said nothing. */
export function quoteErrors(stderr: string, known: KnownSecrets): string {
  const hidden = hide(stderr.replaceAll(COLOURS, ""), known);
  const lines = hidden
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-MOST_LINES)
    .map((line) => printable(line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));
  return lines.length === 0 ? "" : `“${lines.join(" / ")}”`;
}

function hide(text: string, { stdout, env }: KnownSecrets): string {
  const words = stdout.split(/[\s"',{}[\]]+/).filter(isLong);
  const variables = Object.entries(env).flatMap(([name, value = ""]) =>
    isSecretName(name) && isLong(value) ? value : [],
  );
  let shown = text;
  for (const secret of [...words, ...variables].sort((a, b) => b.length - a.length)) {
    shown = shown.replaceAll(secret, HIDDEN);
  }
  // A terminal's width may have cut it in parts.
  shown = shown.replaceAll(/[^\s"']+/g, (word) => (isLong(word) && stdout.includes(word) ? HIDDEN : word));
  return LOOKS_SECRET.reduce((left, pattern) => left.replaceAll(pattern, HIDDEN), shown);
}

const isLong = ({ length }: string) => length >= SHORTEST_SECRET;
const isSecretName = (name: string) => /(?:TOKEN|SECRET|PASSWORD|PASS|KEY|CREDENTIALS?|PAT)\d*$/i.test(name);
