import type { Examination } from "./examination.js";
import { type Finding, fine, skipped } from "./finding.js";
import { inWords } from "./with-timeout.js";

/** Milliseconds of difference from which on tokens and certificates may fail by it. */
const LARGE = 60_000;

/** This machine's clock beside those of the server and of the secret backend, as the `Date` of their answers tells them. */
export function clockFinding({ wire, since, target }: Examination): Finding {
  const { origin } = new URL(target.uri);
  const clocks = new Map<string, number>();
  for (const answer of wire.answers.slice(since)) {
    if (answer.ahead !== undefined) clocks.set(answer.origin, answer.ahead);
  }
  if (clocks.size === 0) return skipped("clock", "no answer told the time");
  const warnings = [...clocks]
    .filter(([, ahead]) => Math.abs(ahead) >= LARGE)
    .map(([other, ahead]) => {
      const how = ahead > 0 ? "behind" : "ahead of";
      return `this machine's clock is ${inWords(ahead)} ${how} that of ${other}, by which tokens fail: have both set by NTP`;
    });
  if (warnings.length > 0) return fine("clock", "the clocks are apart", warnings);
  const others = [...clocks.keys()].map((other) => (other === origin ? "the server" : other));
  return fine("clock", `as that of ${others.join(" and ")}`);
}
