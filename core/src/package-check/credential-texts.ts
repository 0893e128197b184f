/** Texts that are probably credentials, in a package that everybody can read. */

/** How the tokens of well-known systems begin, keys in PEM, JWTs, and URLs with a password. */
const forms = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\./,
  /\b(?:gh[pousr]_|github_pat_|glpat-|hv[sbr]\.|xox[abprs]-|sk-|npm_|dop_v1_)[\w-]{16,}/,
  /\b(?:AKIA|ASIA)[A-Z\d]{16}\b/,
  /:\/\/[^\s/:@]+:[^\s/@]{6,}@/,
];

/**
 * Whether a text looks like a credential itself: by its form for certain, or for it seems to be made at random. What stands for one, as
 * `${NAME}` does, is none.
 */
export function credentialIn(text: string): "certain" | "probable" | undefined {
  if (text.includes("${")) return undefined;
  if (forms.some((form) => form.test(text))) return "certain";
  return isRandom(text) ? "probable" : undefined;
}

/** Characters of a text that somebody made at random. */
const FEWEST = 24;
/** An id, which many systems give to what is no secret. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Letters and digits without a word in them: they change from one kind of character to another far too often. */
function isRandom(text: string): boolean {
  if (text.length < FEWEST || UUID.test(text) || !/^[\w+/=.~-]*\d[\w+/=.~-]*$/.test(text)) return false;
  const kinds = text.replaceAll(/\d/g, "0").replaceAll(/[a-z]/g, "a").replaceAll(/[A-Z]/g, "A");
  const changes = kinds.match(/(.)(?!\1|$)/g)?.length ?? 0;
  return changes >= text.length / 3;
}

/** Whether an option's name says that it holds a credential: `apiKey`, `client_secret`; not `tokenUrl`. */
export function isNamedLikeCredential(option: string): boolean {
  return /(?:secret|passw(?:or)?d|passphrase|token|(?:api|access|private|secret)[_-]?key)$/i.test(option);
}
