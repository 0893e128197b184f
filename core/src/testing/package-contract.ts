/**
 * The contract that a plugin's package keeps, apart from what its providers do, as cases for any test runner:
 *
 *     for (const { name, run } of packageContract(new URL("..", import.meta.url))) test(name, run);
 *
 * They are what `mlflow-auth plugins --check` judges by, without what only a packed package shows. What is a warning there fails nothing.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type CheckedPackage, checkedPackage } from "../package-check/checked-package.js";
import { packageChecks } from "../package-check/checks.js";
import { placeOf } from "../package-check/finding.js";
import { located } from "../package-check/json-places.js";
import type { ContractCase } from "./contract-case.js";

/** What is particular to a package. */
export interface PackageContractOptions {
  /** Packages that may be loaded with its modules, for they are small. Default: what its package.json says, none but core. */
  readonly loads?: readonly string[];
}

/**
 * @param folder of the package, built: what its entry points name is imported, in a process of its own
 */
export function packageContract(folder: string | URL, { loads = [] }: PackageContractOptions = {}): ContractCase[] {
  const path = typeof folder === "string" ? folder : fileURLToPath(folder);
  let opened: CheckedPackage | undefined;
  const open = () => (opened ??= checkedPackage(path));
  return packageChecks.map(({ name, find }) => ({
    name: `contract: ${name}`,
    async run() {
      const found = await find(open(), loads);
      const errors = located(
        path,
        found.filter(({ severity }) => severity === "error"),
      );
      const lines = errors.map((error) => {
        const place = placeOf(error);
        return `${place === "" ? "" : `${place}: `}${error.what}: ${error.remedy}`;
      });
      assert.ok(lines.length === 0, lines.join("\n"));
    },
  }));
}
