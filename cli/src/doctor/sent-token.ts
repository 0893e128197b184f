/** What a JSON Web Token that would be sent says of itself: for whom it is, whose, and until when. Never the token or its signature. */
import { type AuthorizedHeaders, formatDuration, isSecret, type JwtClaims, readJwt } from "@mlflow-auth/core/internal";

/** As the JSON report has it. Times are ISO 8601. */
export interface SentToken {
  /** The header that carries it. */
  readonly header: string;
  readonly issuer?: string | undefined;
  readonly audience: readonly string[];
  readonly subject?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly expiresAt?: string | undefined;
}

/** Characters of each text, and how many audiences: whoever issued the token may have put anything there. */
const LONGEST = 200;
const MOST_AUDIENCES = 5;

/** The claims in a header's value, with a word such as `Bearer` before it or without; undefined for what is no such token. */
export function claimsIn(value: AuthorizedHeaders["headers"][number][1]): JwtClaims | undefined {
  return readJwt(textOf(value).replace(/^[A-Za-z]+ +/, ""));
}

/** The tokens among the headers of a request. */
export function sentTokens({ headers }: Pick<AuthorizedHeaders, "headers">): SentToken[] {
  return headers.flatMap(([header, value]) => {
    const claims = claimsIn(value);
    if (claims === undefined) return [];
    const { issuer, subject, audience, notBefore, expiresAt } = claims;
    return {
      header,
      issuer: cut(issuer),
      audience: audience.slice(0, MOST_AUDIENCES).map((one) => cut(one) as string),
      subject: cut(subject),
      notBefore: dateOf(notBefore),
      expiresAt: dateOf(expiresAt),
    };
  });
}

/**
 * One line about a token, for people.
 *
 * @param now milliseconds since the Unix epoch
 * @param said what stands beside it already: a subject that is named there is not named twice
 */
export function tokenInWords(
  { issuer, audience, subject, notBefore, expiresAt }: SentToken,
  now: number,
  said = "",
): string {
  const begins = notBefore === undefined ? Number.NEGATIVE_INFINITY : Date.parse(notBefore);
  const parts = [
    issuer === undefined ? "no issuer" : `issuer ${issuer}`,
    audience.length === 0 ? "no audience" : `audience ${audience.join(", ")}`,
    ...(subject === undefined || said.includes(subject) ? [] : [`subject ${subject}`]),
    ...(begins > now ? [`begins in ${formatDuration(begins - now)}`] : []),
    endInWords(expiresAt, now),
  ];
  return `its token: ${parts.join("; ")}`;
}

function endInWords(expiresAt: string | undefined, now: number): string {
  if (expiresAt === undefined) return "no end";
  const left = Date.parse(expiresAt) - now;
  return left > 0 ? `expires in ${formatDuration(left)}` : `expired ${formatDuration(left)} ago`;
}

/** A token within the token, signed or encrypted: the header of each is JSON, and begins like this in base64. */
const INNER = /eyJ[\w-]{5,}(?:\.[\w-]*)*/g;

function cut(text: string | undefined): string | undefined {
  const shown = text?.replaceAll(INNER, "[secret]");
  return shown !== undefined && shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

/** Undefined for what is beyond all dates. */
function dateOf(time: number | undefined): string | undefined {
  return time === undefined || Math.abs(time) > 8.64e15 ? undefined : new Date(time).toISOString();
}

/** A header's value in clear text: to look for, never to print. */
export function textOf(value: AuthorizedHeaders["headers"][number][1]): string {
  return isSecret(value) ? value.reveal() : value;
}
