/**
 * The part of `internal` that judges a plugin's package before it is published: for `mlflow-auth plugins --check`. For the packages of
 * this repository alone: may change in any release.
 */
export { packageFaultOf } from "./discovery/package-faults.js";
export { type CheckedPackage, checkedPackage } from "./package-check/checked-package.js";
export { packageChecks } from "./package-check/checks.js";
export { findingCodes, type PackageFinding, placeOf } from "./package-check/finding.js";
export { located } from "./package-check/json-places.js";
export { packageJsonFindings } from "./package-check/manifest-findings.js";
