/** A diagnosis as people read it, and as data. */
import { displayName, printable } from "@mlflow-auth/core/internal";
import { paint } from "../paint.js";
import type { Diagnosis } from "./chain.js";
import { type Finding, links } from "./finding.js";
import type { Verdict } from "./verdict.js";

const out = process.stdout;
const WIDTH = Math.max(...Object.values(links).map((name) => name.length));
/** What stands below a link is indented as far as what was found about it. */
const INDENT = " ".repeat("  warn  ".length + WIDTH + 2);

export function textReport({ file, common, servers, unexamined }: Diagnosis, { sentence, broken }: Verdict): string {
  const lines = [
    paint(out, "bold", file === undefined ? "no file that can be used" : displayName(file, process.cwd())),
  ];
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
  const { link, found, remedy, details = [], warnings, code } = finding;
  const begin = `  ${mark(finding)}  ${links[link].padEnd(WIDTH)}  `;
  const below = [
    ...details,
    // Each of the details says what to do about it.
    ...(remedy === undefined || details.length > 0 ? [] : [`Try this: ${remedy}`]),
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

export function jsonReport({ file, common, servers, unexamined }: Diagnosis, verdict: Verdict): string {
  const { broken, server, sentence } = verdict;
  const data = {
    fine: broken === undefined,
    file,
    broken: broken === undefined ? undefined : { link: broken, server },
    verdict: sentence,
    links: common,
    servers: servers.map(({ uri, findings }) => ({ uri, links: findings })),
    unexamined,
  };
  // What a server sent may hold what moves a terminal's cursor; JSON escapes only some of it.
  return JSON.stringify(data, undefined, 2).split("\n").map(printable).join("\n");
}
