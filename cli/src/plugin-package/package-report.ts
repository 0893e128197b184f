/** What was found about a package, as people read it, and as data. */
import { printable } from "@mlflow-auth/core/internal/config";
import { type CheckedPackage, type PackageFinding, placeOf } from "@mlflow-auth/core/internal/package-check";
import { exit } from "../exit-codes.js";
import { fitColumns } from "../fit-columns.js";
import { paint } from "../paint.js";
import type { Unchecked } from "./types-findings.js";

/** Everything that was found, before it is put into words. */
export interface Report {
  readonly checked: CheckedPackage;
  readonly findings: readonly PackageFinding[];
  readonly unchecked: readonly Unchecked[];
  /** What its import costs, where it was imported. */
  readonly imported?: Awaited<ReturnType<CheckedPackage["imported"]>>;
}

/** What it all comes to, in a sentence. */
export function verdictOf({ findings, unchecked }: Report): { sentence: string; code: number } {
  const count = (severity: PackageFinding["severity"]) => findings.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  const far = unchecked.length === 0 ? "" : ", as far as it was looked into";
  if (errors > 0) {
    const aside = warnings === 0 ? "" : ` and ${plural(warnings, "warning")}`;
    const what = errors === 1 ? "the error" : "the errors";
    return { sentence: `${plural(errors, "error")}${aside}: fix ${what} before it is published`, code: exit.problem };
  }
  const found = warnings === 0 ? "Nothing was found" : `No error, ${plural(warnings, "warning")}`;
  return { sentence: `${found}: it can be published${far}`, code: exit.fine };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Lines without a newline at the end, in colours where stdout is a terminal. */
export function textReport(report: Report): string {
  const { checked, findings, unchecked, imported } = report;
  const out = process.stdout;
  const lines = [
    `${paint(out, "bold", printable(titleOf(checked)))}   ${paint(out, "dim", printable(checked.folder))}`,
  ];
  for (const finding of findings) {
    const { severity, code, what, remedy } = finding;
    const mark = paint(out, severity === "error" ? "red" : "yellow", severity.padEnd("warning".length));
    lines.push(
      `  ${mark}  ${code}${placed(placeOf(finding))}`,
      `    ${printable(what)}`,
      `    Try this: ${printable(remedy)}`,
    );
  }
  for (const { what, why } of unchecked) lines.push(`  not looked into: ${printable(`${what} (${why})`)}`);
  if (imported !== undefined && imported.starts > 0) {
    lines.push(
      `  an import loads ${plural(imported.modules.length, "module")}, in ${timesOf(imported.starts)} of a start of Node`,
    );
  }
  const { sentence, code } = verdictOf(report);
  lines.push(paint(out, code === exit.fine ? "green" : "red", `${sentence}.`));
  return fitColumns(lines.join("\n"), out);
}

const placed = (place: string) => (place === "" ? "" : `   ${printable(place)}`);
const timesOf = (starts: number) => `${Math.round(starts * 100)} %`;

function titleOf({ json: { name, version } }: CheckedPackage): string {
  return [name, version].filter((part) => typeof part === "string").join(" ") || "a package without a name";
}

/** The same as JSON, indented by two blanks. */
export function jsonReport(report: Report): string {
  const { checked, findings, unchecked, imported } = report;
  const { name = null, version = null } = checked.json;
  const { sentence, code } = verdictOf(report);
  const data = {
    fine: code === exit.fine,
    verdict: sentence,
    package: { name, version, folder: checked.folder },
    findings,
    unchecked,
    // null: it was not imported.
    import:
      imported === undefined ? null : { modules: imported.modules.length, starts: Number(imported.starts.toFixed(2)) },
  };
  return JSON.stringify(data, undefined, 2).split("\n").map(printable).join("\n");
}
