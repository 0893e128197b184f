/** Yarn's Plug'n'Play has no node_modules. What it was told to load answers where a package is. */
import { existsSync } from "node:fs";
import nodeModule from "node:module";
import { dirname, join } from "node:path";
import type { Owners } from "../files/trust.js";
import { type Root, untrusted } from "./search-folders.js";

interface PnpApi {
  resolveToUnqualified(name: string, issuer: string, options: { considerBuiltins: boolean }): string | null;
}

/** What Yarn looks for, from a folder upwards. */
const manifests = [".pnp.cjs", ".pnp.js"];

/**
 * Tells the folder of a package that this root depends on. Undefined where it depends on none, and where this process does not run
 * under Plug'n'Play.
 *
 * Under Plug'n'Play, asking about a folder runs the `.pnp.cjs` that lies nearest above it if none that is loaded knows the folder. It
 * is code, so it has to be somebody's whose packages are used, and where this root's packages may be.
 */
export function plugAndPlayFolders(
  { folder: root, searchFolders }: Root,
  owners: Owners,
): (name: string) => string | undefined {
  const { findPnpApi } = nodeModule as unknown as { findPnpApi?: (path: string) => PnpApi | null };
  if (findPnpApi === undefined) return () => undefined;
  const nearest = nearestManifest(root);
  const mayRun =
    nearest === undefined ||
    (searchFolders.includes(dirname(nearest)) && !untrusted([nearest, dirname(nearest)], owners));
  if (!mayRun) return () => undefined;
  // Where a path ends with a slash it is a folder.
  const issuer = `${root}/`;
  return (name) => {
    try {
      return findPnpApi(issuer)?.resolveToUnqualified(name, issuer, { considerBuiltins: false }) ?? undefined;
    } catch {
      return undefined;
    }
  };
}

function nearestManifest(folder: string): string | undefined {
  const found = manifests.map((name) => join(folder, name)).find((file) => existsSync(file));
  return found ?? (folder === dirname(folder) ? undefined : nearestManifest(dirname(folder)));
}
