/** The one sentence at the end, and the exit code. */
import { exit, exitCodeOf } from "../exit-codes.js";
import type { Diagnosis } from "./chain.js";
import { type Finding, isBroken, type Link, links } from "./finding.js";

export interface Verdict {
  /** The first link that is broken; undefined: all is well. */
  readonly broken?: Link;
  /** The server that it belongs to; undefined for the file and the plugins. */
  readonly server?: string | undefined;
  readonly sentence: string;
  readonly code: number;
}

export function verdictOf({ common, servers }: Diagnosis): Verdict {
  const all = [
    ...common.map((finding) => ({ finding, server: undefined })),
    ...servers.flatMap(({ uri, findings }) => findings.map((finding) => ({ finding, server: uri }))),
  ];
  const faults = all.filter(({ finding }) => isBroken(finding));
  const warnings = all.reduce((sum, { finding }) => sum + finding.warnings.length, 0);
  const [first] = faults;
  if (first === undefined) {
    const aside = warnings === 0 ? "" : `, but for ${warnings === 1 ? "one warning" : `${warnings} warnings`} above`;
    return { sentence: `All is well${aside}.`, code: exit.fine };
  }
  const { finding, server } = first;
  const at = server === undefined ? "" : ` on the way to ${server}`;
  const more = faults.length === 1 ? "" : ` (and ${faults.length - 1} more above)`;
  const sentence = `The chain breaks at: ${links[finding.link]}${at}${more}. Do this first: ${ended(finding.remedy ?? `see what ${links[finding.link]} says above`)}`;
  return { broken: finding.link, server, sentence, code: codeOf(finding) };
}

/** With a full stop, unless there is an end already, or an address that it would be taken for a part of. */
function ended(sentence: string): string {
  return /[.?!]$|\/\S*$/.test(sentence) ? sentence : `${sentence}.`;
}

/** A server that answers, but not as it should, is a problem found; one that can't be reached has failed, as a secret backend has. */
function codeOf({ link, code }: Finding): number {
  if (link === "file" || link === "plugins") return exit.config;
  if (link === "request") return exit.problem;
  return code === undefined ? exit.backend : exitCodeOf(code);
}
