/** `mlflow-auth plugins --check`. */
import { checkedPackage, located, packageChecks } from "@mlflow-auth/core/internal/package-check";
import { print } from "../print.js";
import { openFolder } from "./open-package.js";
import { jsonReport, type Report, textReport, verdictOf } from "./package-report.js";
import { lookAtTarball } from "./tarball-findings.js";
import { type Looked, lookAtTypes, typesChecked, type Unchecked } from "./types-findings.js";

/** What is judged, and how. */
export interface CheckPackageOptions {
  /** The package's folder; by default the working directory. */
  readonly named: string | undefined;
  /** Whether the package's code may be run. */
  readonly imports: boolean;
  readonly json?: boolean | undefined;
}

/**
 * Judges a package before it is published, and prints what it found.
 *
 * @returns the exit code: 1 where there is an error
 * @throws MlflowAuthError `USAGE` where there is no package
 */
export async function checkPackage({ named, imports, json = false }: CheckPackageOptions): Promise<number> {
  const checked = checkedPackage(openFolder(named));
  if (imports) console.error("mlflow-auth: the package's code is run to judge it (--no-import leaves that out)");
  const found: Looked[] = [];
  for (const { name, runsCode, find } of packageChecks) {
    if (runsCode && !imports) found.push({ findings: [], unchecked: [left(name)] });
    else found.push({ findings: await find(checked), unchecked: [] });
  }
  // Of what is no plugin's package, nothing else is asked.
  if (checked.manifest !== undefined) {
    found.push(imports ? await lookAtTypes(checked) : { findings: [], unchecked: [left(typesChecked)] });
    found.push(await lookAtTarball(checked, imports));
  }
  const report: Report = {
    checked,
    findings: located(
      checked.folder,
      found.flatMap(({ findings }) => findings),
    ),
    unchecked: found.flatMap(({ unchecked }) => unchecked),
    ...(imports && checked.manifest !== undefined && { imported: await checked.imported() }),
  };
  print(json ? jsonReport(report) : textReport(report));
  return verdictOf(report).code;
}

function left(name: string): Unchecked {
  return { what: name.replace(/^(?=its|importing)/, "whether "), why: "--no-import" };
}
