/** What a command said about its failure, as far as it may be repeated: it may quote the very token, or what it logs in with. */
import { printable } from "@mlflow-auth/core/plugin";

/** Lines, and characters of each: enough for a reason, and too short for a trace. */
const MOST_LINES = 3;
const LONGEST_LINE = 200;
/** Characters from which on a word may be a part of a secret that is worth hiding. */
const SHORTEST_SECRET = 8;

const HIDDEN = "[secret]";
/** What colours, links and titles of a terminal begin with: within a secret they would hide it from us. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what they are made of
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/** Blanks are few in each: a command may say thousands of them, and each would be looked back over from each. */
const LOOKS_SECRET: readonly RegExp[] = [
  // A user and a password in an address, and as curl takes them.
  /(?<=\/\/)[^\s/@"']+(?=@)/g,
  /(?<=(?:^|\s)(?:-u|--user|--proxy-user)[ =]{1,3})[^\s:]+:\S+/g,
  // A JSON Web Token, or any two parts of one.
  /(?<![\w-])[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g,
  /(?<=\b(?:bearer|basic|apikey)[ \t]{1,3})\S{4,}/gi,
  /(?<=\bauthorization["']?[ \t]{0,3}[=:][ \t]{0,3}["']?[\w-]{1,30}[ \t]{1,3})[^\s"']+/gi,
  // Behind a name: whole where it stands in quotes.
  /(?<=(?:token|secret|password|passwd|key|credential)s?["']?[ \t]{0,3}[=:][ \t]{0,3}")(?:\\.|[^"\\\r\n])+/gi,
  /(?<=(?:token|secret|password|passwd|key|credential)s?["']?[ \t]{0,3}[=:][ \t]{0,3}["']?)[^\s"']{4,}/gi,
  /(?<=(?:^|\s)--?[\w-]{0,40}(?:token|secret|password|passwd|key|credential)s?[ \t]{1,3}["']?)[^\s"'-][^\s"']{3,}/gi,
  // As long as a credential, and with digits among its letters.
  /(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}/g,
  /[\w+/=-]{40,}/g,
];

/** What must not be repeated. */
export interface KnownSecrets {
  /** What the command printed on stdout: every word of it is taken for a token. */
  readonly stdout: string;
  /** The command's own: any of them may be a secret. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The last lines, in quotes and without secrets, for a message; "" where it said nothing. */
export function quoteErrors(stderr: string, known: KnownSecrets): string {
  const hidden = hide(stderr.replaceAll(ESCAPES, ""), known);
  const lines = hidden
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-MOST_LINES)
    .map((line) => printable(line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));
  return lines.length === 0 ? "" : `“${lines.join(" / ")}”`;
}

function hide(text: string, { stdout, args, env }: KnownSecrets): string {
  const words = stdout.split(/[\s"',{}[\]]+/).filter(isLong);
  const variables = Object.entries(env).flatMap(([name, value = ""]) =>
    isSecretName(name) && isLong(value.trim()) ? value.trim() : [],
  );
  let shown = text;
  for (const secret of [...words, ...variables, ...secretsIn(args)].sort((a, b) => b.length - a.length)) {
    shown = shown.replaceAll(secret, HIDDEN);
  }
  // A terminal's width may have cut it in parts.
  shown = shown.replaceAll(/[^\s"']+/g, (word) => (isLong(word) && stdout.includes(word) ? HIDDEN : word));
  return LOOKS_SECRET.reduce((left, pattern) => left.replaceAll(pattern, HIDDEN), shown);
}

/** An option, a command, a path or an address says what went wrong, and is no secret unless it stands behind the name of one. */
const PLAIN = /^(?:-{0,2}[a-z]+(?:[-_.][a-z]+)*|\.{0,2}\/.*|[a-z][a-z\d+.-]*:\/\/[^?@]*)$/i;

function secretsIn(args: readonly string[]): string[] {
  const words = args.flatMap((arg) => arg.split(/[\s"'=;|&()]+/));
  return words.filter((word, index) => isLong(word) && (!PLAIN.test(word) || isSecretOption(words[index - 1])));
}

const isLong = ({ length }: string) => length >= SHORTEST_SECRET;
const isSecretName = (name: string) =>
  /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASS|_PWD|KEY|CREDENTIALS?|PAT|JWT)\d*$/i.test(name);
const isSecretOption = (word = "") => word.startsWith("-") && isSecretName(word);
