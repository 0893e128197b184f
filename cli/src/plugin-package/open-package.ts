/** A plugin package that is worked on, in the folder that its author names. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  MAX_PACKAGE_BYTES,
  type Manifest,
  MlflowAuthError,
  printable,
  readSmallTextSync,
  workingFolder,
} from "@mlflow-auth/core/internal/config";
import { checkedPackage, type PackageFinding, packageJsonFindings } from "@mlflow-auth/core/internal/package-check";

/**
 * A folder with a package.json that can be read, by its absolute path.
 *
 * @param named relative to the working directory; by default that
 * @throws MlflowAuthError `USAGE` where there is no package
 */
export function openFolder(named = "."): string {
  const folder = resolve(
    workingFolder({ env: {}, otherwise: "name the package's folder by its absolute path" }),
    named,
  );
  const shown = printable(folder);
  if (!existsSync(folder)) throw notHere(`there is no folder ${shown}`);
  const read = readSmallTextSync(join(folder, "package.json"), MAX_PACKAGE_BYTES);
  if ("text" in read) return folder;
  throw notHere(
    read.reason === "missing" ? `${shown} is no package: it has no package.json` : `${shown}/package.json ${read.why}`,
  );
}

function notHere(message: string): MlflowAuthError {
  const remedy = "change to the folder of the plugin's package, or name it behind the option";
  return new MlflowAuthError("USAGE", message, { remedy });
}

/**
 * The package of {@link openFolder} as core sees it.
 *
 * @throws MlflowAuthError `PLUGIN_MANIFEST` for one that gives no plugin and no command
 */
export function openManifest(folder: string): Manifest {
  const checked = checkedPackage(folder);
  if (checked.manifest !== undefined) return checked.manifest;
  // Where core sees no package there is one.
  const [{ what, line, remedy }] = packageJsonFindings(checked) as [PackageFinding];
  const place = line === undefined ? "" : ` (line ${line})`;
  throw new MlflowAuthError("PLUGIN_MANIFEST", `${printable(folder)}: ${what}${place}`, { remedy });
}
