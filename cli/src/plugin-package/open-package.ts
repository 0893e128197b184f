/** A plugin package that is worked on, in the folder that its author names. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  MAX_PACKAGE_BYTES,
  type Manifest,
  MlflowAuthError,
  printable,
  readManifest,
  readSmallTextSync,
  workingFolder,
} from "@mlflow-auth/core/internal/config";

/** A folder with a package.json that can be read. */
export interface PackageFolder {
  /** Absolute. */
  readonly folder: string;
  readonly text: string;
}

/**
 * @param named the folder, relative to the working directory; by default that
 * @throws MlflowAuthError `USAGE` where there is no package
 */
export function openFolder(named?: string): PackageFolder {
  const folder = resolve(
    workingFolder({ env: {}, otherwise: "name the package's folder by its absolute path" }),
    named ?? ".",
  );
  const shown = printable(folder);
  if (!existsSync(folder)) throw notHere(`there is no folder ${shown}`);
  const read = readSmallTextSync(join(folder, "package.json"), MAX_PACKAGE_BYTES);
  if ("text" in read) return { folder, text: read.text };
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
export function openManifest({ folder, text }: PackageFolder): Manifest {
  const manifest = readManifest(folder);
  if (manifest !== undefined) return manifest;
  const file = `${printable(folder)}/package.json`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const remedy = "correct it: an editor shows the place";
    throw new MlflowAuthError("PLUGIN_MANIFEST", `${file} is not JSON`, { remedy });
  }
  const hasName = typeof (json as { name?: unknown } | null)?.name === "string";
  const lacks = hasName ? 'no "entry-points" of a group that mlflow-auth knows' : "no name that a package can have";
  throw new MlflowAuthError("PLUGIN_MANIFEST", `${file} has ${lacks}`, {
    remedy: "see the entry points of a plugin's package.json in the guide for authors of plugins",
  });
}
