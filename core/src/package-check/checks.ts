/** All that a package is judged by, in the order in which its author would fix it. */
import type { CheckedPackage } from "./checked-package.js";
import { environmentFindings } from "./environment-findings.js";
import type { PackageFinding } from "./finding.js";
import { effectFindings, loadFindings, otherPackageFindings, weightFindings } from "./import-findings.js";
import { entryFindings, packageJsonFindings } from "./manifest-findings.js";
import { publishingFindings } from "./publishing-findings.js";
import { optionFindings, schemaFindings } from "./schema-findings.js";

/** One question, with a sentence that is true of a package without findings. */
export interface PackageCheck {
  readonly name: string;
  /** Whether modules of the package are imported for it, in a process of its own. */
  readonly runsCode: boolean;
  /** @param loads packages that may be loaded with it, for they are small */
  find(checked: CheckedPackage, loads?: readonly string[]): PackageFinding[] | Promise<PackageFinding[]>;
}

const reads = (name: string, find: PackageCheck["find"]): PackageCheck => ({ name, runsCode: false, find });
const runs = (name: string, find: PackageCheck["find"]): PackageCheck => ({ name, runsCode: true, find });

/** Each is asked whatever the others find. */
export const packageChecks: readonly PackageCheck[] = [
  reads("its package.json is that of a plugin", packageJsonFindings),
  reads("its package.json declares what core takes", entryFindings),
  reads("its configSchema is a JSON Schema that core and ajv can use", schemaFindings),
  reads("its options are described, closed, and take their own defaults", optionFindings),
  reads("its environment file is a list of rules", environmentFindings),
  reads("its package.json says what it needs, and how it is found", publishingFindings),
  runs("its entry points name functions that are there", loadFindings),
  runs("importing it does nothing by itself", effectFindings),
  runs("importing it loads no other package", otherPackageFindings),
  runs("importing it is quick", weightFindings),
];
