/** What comes of importing a package's modules, before anything of them is called. */
import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { isObject } from "../config/schema-walk.js";
import type { CheckedPackage } from "./checked-package.js";
import type { PackageFinding } from "./finding.js";

/** Modules of one import: each is a file that is looked for, read and compiled at every start. */
const MOST_MODULES = 50;
/** Of the processor's time, in starts of Node: some 100 ms on a usual machine. */
const MOST_STARTS = 2.5;

/** Whether the entry points name functions that are there. */
export async function loadFindings({ folder, imported }: CheckedPackage): Promise<PackageFinding[]> {
  const { faults } = await imported();
  return faults.map(({ module, why }) => ({
    code: "import",
    severity: "error",
    what: `${below(folder, module)} ${why}`,
    file: below(folder, module),
    remedy: "build the package, install what it imports, and let the entry point name what it exports",
  }));
}

/** Whether importing does anything by itself. */
export async function effectFindings({ imported }: CheckedPackage): Promise<PackageFinding[]> {
  const { effects } = await imported();
  return effects.map((effect) => ({
    code: "side-effect",
    severity: "error",
    what: `as it is imported, it ${effect}`,
    remedy: "leave that to the first call that needs it",
  }));
}

/** Whether importing loads other packages. @param loads those that may be, for they are small, beside what package.json says */
export async function otherPackageFindings(
  { imported, json }: CheckedPackage,
  loads: readonly string[] = [],
): Promise<PackageFinding[]> {
  const { packages } = await imported();
  const plugin = json["mlflow-auth-plugin"];
  const declared = isObject(plugin) && Array.isArray(plugin["loads"]) ? plugin["loads"] : [];
  const small = new Set<unknown>(["@mlflow-auth/core", ...loads, ...declared]);
  return packages
    .filter((name) => !small.has(name))
    .map((name) => ({
      code: "other-package",
      severity: "error",
      what: `as it is imported, it loads ${name}`,
      remedy:
        'import it in the function that needs it, so that nobody else waits for it, or say that it is small: `loads` of "mlflow-auth-plugin" in package.json',
    }));
}

/** Whether importing is quick. */
export async function weightFindings({ imported }: CheckedPackage): Promise<PackageFinding[]> {
  const { modules, starts } = await imported();
  const warning = (what: string): PackageFinding => {
    const remedy = "import what is heavy in the function that needs it, or bundle the package";
    return { code: "heavy-import", severity: "warning", what, remedy };
  };
  return [
    ...(modules.length > MOST_MODULES ? [warning(`as it is imported, it loads ${modules.length} modules`)] : []),
    ...(starts > MOST_STARTS
      ? [warning(`to import it takes ${starts.toFixed(1)} times what a start of Node itself takes`)]
      : []),
  ];
}

function below(folder: string, file: string): string {
  return relative(realpathSync(folder), file).split(sep).join("/");
}
