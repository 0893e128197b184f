/** A diagnosis as one sentence with an exit code, as people read it, and as data. */
import { displayName, presentFolder, printable } from "@mlflow-auth/core/internal";
import { exit, exitCodeOf } from "../exit-codes.js";
import { paint } from "../paint.js";
import type { Diagnosis } from "./examination.js";
import { type Finding, isBroken, type Link, links } from "./finding.js";
import { tokenInWords } from "./sent-token.js";

/** What it all comes to. */
export interface Verdict {
  /** The first link that is broken; undefined: all is well. */
  readonly broken?: Link;
  /** What was found out about it. */
  readonly finding?: Finding;
  /** The server that it belongs to; undefined for the file and the plugins. */
  readonly server?: string | undefined;
  readonly sentence: string;
  readonly code: number;
}

/** Characters of a remedy that the last line says once more; a longer one is read where the link is. */
const LONGEST_REPEATED = 100;

/** The first link that breaks, over all servers, and what to do about it. All is well: exit code 0. */
export function verdictOf({ common, servers }: Diagnosis): Verdict {
  const all = [
    ...common.map((finding) => ({ finding, server: undefined })),
    ...servers.flatMap(({ uri, findings }) => findings.map((finding) => ({ finding, server: uri }))),
  ];
  const faults = all.filter(({ finding }) => isBroken(finding));
  const warnings = all.reduce((sum, { finding }) => sum + finding.warnings.length, 0);
  const [firstFault] = faults;
  if (firstFault === undefined) {
    const aside = warnings === 0 ? "" : `, but for ${warnings === 1 ? "one warning" : `${warnings} warnings`} above`;
    return { sentence: `All is well${aside}.`, code: exit.fine };
  }
  const { finding, server } = firstFault;
  const at = server === undefined ? "" : ` on the way to ${server}`;
  const more = faults.length === 1 ? "" : ` (and ${faults.length - 1} more above)`;
  const { remedy = "" } = finding;
  const first =
    remedy === "" || remedy.length > LONGEST_REPEATED
      ? "Do first what is said there."
      : `Do this first: ${ended(remedy)}`;
  const sentence = `The chain breaks at: ${links[finding.link]}${at}${more}. ${first}`;
  return { broken: finding.link, finding, server, sentence, code: codeOf(finding) };
}

/** With a full stop, unless there is an end already, or what it would be taken for a part of: an address, or a command behind a colon. */
function ended(sentence: string): string {
  return /[.?!]$|\/\S*$|: [^`]*$/.test(sentence) ? sentence : `${sentence}.`;
}

/** A server that answers, but not as it should, is a problem found; one that can't be reached has failed, as a secret backend has. */
function codeOf({ link, code }: Finding): number {
  if (link === "file" || link === "plugins") return exit.config;
  if (link === "request") return exit.problem;
  return code === undefined ? exit.backend : exitCodeOf(code);
}

const out = process.stdout;
const WIDTH = Math.max(...Object.values(links).map((name) => name.length));
/** What stands below a link is indented as far as what was found about it. */
const INDENT = " ".repeat("  warn  ".length + WIDTH + 2);

/** Lines without a newline at the end, in colours where stdout is a terminal. What a server sent can't move the cursor. */
export function textReport(
  { file, environment, common, servers, unexamined }: Diagnosis,
  { sentence, broken }: Verdict,
): string {
  const lines = [paint(out, "bold", titleOf(file, environment))];
  for (const finding of common) lines.push(...linesOf(finding));
  for (const { uri, findings } of servers) {
    lines.push("", paint(out, "bold", printable(uri)), ...findings.flatMap(linesOf));
  }
  for (const uri of unexamined) {
    lines.push("", `${printable(uri)} is not examined: name a server of it, as in \`mlflow-auth doctor URL\``);
  }
  lines.push("", paint(out, broken === undefined ? "green" : "red", printable(sentence)));
  return lines.join("\n");
}

function linesOf(finding: Finding): string[] {
  const { link, found, remedy, details = [], tokens = [], warnings, code } = finding;
  const begin = `  ${mark(finding)}  ${links[link].padEnd(WIDTH)}  `;
  const below = [
    ...details,
    ...tokens.map((token) => tokenInWords(token, Date.now(), found)),
    // Each of the details says what to do about it.
    ...(!remedy || details.length > 0 ? [] : [`Try this: ${remedy}`]),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
  const named = code === undefined || details.length > 0 ? found : `${code}: ${found}`;
  return [begin + printable(named), ...below.map((line) => INDENT + printable(line))];
}

function mark({ state, warnings }: Finding): string {
  if (state === "broken") return paint(out, "red", "FAIL");
  if (warnings.length > 0) return paint(out, "yellow", "warn");
  return state === "fine" ? paint(out, "green", "ok  ") : paint(out, "dim", "-   ");
}

/** The same as JSON, indented by two blanks. */
export function jsonReport({ file, environment, common, servers, unexamined }: Diagnosis, verdict: Verdict): string {
  const { broken, finding, server, sentence } = verdict;
  const data = {
    fine: broken === undefined,
    file,
    ...(environment && { environment }),
    broken: finding && { link: finding.link, server, code: finding.code, remedy: finding.remedy },
    verdict: sentence,
    links: common,
    servers: servers.map(({ uri, findings }) => ({ uri, links: findings })),
    unexamined,
  };
  // What a server sent may hold what moves a terminal's cursor; JSON escapes only some of it.
  return JSON.stringify(data, undefined, 2).split("\n").map(printable).join("\n");
}

function titleOf(file: string | undefined, environment: readonly string[] | undefined): string {
  if (file !== undefined) return displayName(file, presentFolder());
  return environment === undefined ? "no file that can be used" : "no file: the environment in its place";
}
