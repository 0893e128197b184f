/** What a package's environment files say: from which variables of other systems options are taken. */
import { readerOf } from "../discovery/check-manifest.js";
import { whatIsWrong } from "../discovery/package-faults.js";
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import { rulesOf } from "../without-file/environment-rules.js";
import { type CheckedPackage, pluginsOf } from "./checked-package.js";
import type { PackageFinding } from "./finding.js";

/** Whether each is a list of rules that core takes. */
export async function environmentFindings(checked: CheckedPackage): Promise<PackageFinding[]> {
  const { manifest } = checked;
  if (manifest === undefined) return [];
  const found = new Map<string, PackageFinding>();
  for (const plugin of pluginsOf(checked)) {
    try {
      await rulesOf({ package: manifest, environment: readerOf(manifest, plugin) });
    } catch (thrown) {
      if (!isMlflowAuthError(thrown)) throw thrown;
      const what = `the package ${whatIsWrong(thrown) ?? thrown.message}`;
      // What is wrong with the whole of "mlflow-auth-plugin" is told by itself.
      if (/"mlflow-auth-plugin"|plugin interface/.test(what)) continue;
      found.set(what, {
        code: "environment",
        severity: "error",
        what: what.replace("the package the", "the"),
        file: "package.json",
        pointer: "/mlflow-auth-plugin/environment",
        remedy: "let it name a file of the package with a list of rules, as the guide for authors has them",
      });
    }
  }
  return [...found.values()];
}
