/** Whether what a token says of itself explains why a server did not take it: its audience, or its times by the server's clock. */
import { formatDuration, type JwtClaims } from "@mlflow-auth/core/internal";
import type { SentRead } from "./examination.js";
import { type Answer, challengesOf, header } from "./probe.js";
import { claimsIn, sentTokens } from "./sent-token.js";

/** Why, and what to do where that is known better by it. */
export interface TokenFault {
  /** Follows what is known of the answer. */
  readonly found: string;
  /** Takes the place of a general remedy. */
  readonly remedy?: string;
}

/** Milliseconds for which a token may be early or late, as most servers have it. */
const TOLERANCE = 5_000;

/** @returns undefined where no token was sent, or it does not tell */
export function tokenFault(answer: Answer, { authorized }: SentRead): TokenFault | undefined {
  const { provider, sources, headers } = authorized;
  const own = headers.filter(([name]) => sources[name] === provider);
  const [claims] = own.flatMap(([, value]) => claimsIn(value) ?? []);
  const [token] = sentTokens({ headers: own });
  if (claims === undefined || token === undefined || provider === undefined) return undefined;
  const timed = wrongTime(claims, answer, provider);
  if (timed !== undefined) return timed;
  const meant = token.audience.length === 0 ? "no audience" : `the audience ${token.audience.join(", ")}`;
  const wanted = audienceAskedFor(answer);
  if (wanted !== undefined && !claims.audience.includes(wanted)) {
    return {
      found: `it asks for a token with the audience ${wanted}, and this one has ${meant}`,
      remedy: `have the token that plugins.${provider} gives issued for the audience ${wanted}, if you know that to be this server`,
    };
  }
  if (wanted === undefined && isAboutAudience(answer)) {
    return {
      found: `it says that the audience is wrong, and the token has ${meant}`,
      remedy: `have the token that plugins.${provider} gives issued for the audience that this server expects: its operator knows it`,
    };
  }
  return answer.status === 401 ? { found: `the token has ${meant}` } : undefined;
}

function wrongTime(
  { expiresAt, notBefore, issuedAt }: JwtClaims,
  answer: Answer,
  provider: string,
): TokenFault | undefined {
  const now = Date.now();
  const told = Date.parse(header(answer, "date"));
  const clock = Number.isNaN(told) ? now : told;
  const whose = Number.isNaN(told) ? "this machine's" : "the server's";
  if (expiresAt !== undefined && expiresAt <= clock - TOLERANCE) {
    const found = `the token expired ${formatDuration(clock - expiresAt)} ago by ${whose} clock`;
    const isOverHere = expiresAt <= now;
    return {
      found,
      remedy: isOverHere
        ? `have the token that plugins.${provider} gives renewed where it comes from`
        : "set the clocks right by NTP: by this machine's clock it has not expired",
    };
  }
  const begin = Math.max(notBefore ?? 0, issuedAt ?? 0);
  if (begin <= clock + TOLERANCE) return undefined;
  return {
    found: `the token begins only in ${formatDuration(begin - clock)} by ${whose} clock`,
    remedy: "set the clocks right by NTP: the server's, and that of whoever issued the token",
  };
}

/** `audience`, or the resource that Microsoft's services name, in a challenge (RFC 6750, section 3), as far as it is an ordinary name. */
function audienceAskedFor(answer: Answer): string | undefined {
  return /\b(?:audience|resource)="?([\w:/.@-]{1,200})"?(?:[\s,;]|$)/i.exec(challengesOf(answer))?.[1];
}

/** The server's words are read and not repeated: they may quote the token. */
function isAboutAudience(answer: Answer): boolean {
  return /\baud(?:iences?)?\b/i.test(challengesOf(answer)) || /\baud(?:iences?)?\b/i.test(answer.text.slice(0, 2_000));
}
