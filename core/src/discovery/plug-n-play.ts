/** Yarn's Plug'n'Play has no node_modules. What it was told to load answers where a package is. */
import nodeModule from "node:module";

interface PnpApi {
  resolveToUnqualified(name: string, issuer: string, options: { considerBuiltins: boolean }): string | null;
}

const { findPnpApi } = nodeModule as unknown as { findPnpApi?: (path: string) => PnpApi | null };

/**
 * The folder of a package that this root depends on. Undefined where it depends on none, and where this process does not run
 * under Plug'n'Play: a `.pnp.cjs` that merely lies there is not run.
 */
export function plugAndPlayFolder(name: string, root: string): string | undefined {
  // Where a path ends with a slash it is a folder.
  const issuer = `${root}/`;
  try {
    return findPnpApi?.(issuer)?.resolveToUnqualified(name, issuer, { considerBuiltins: false }) ?? undefined;
  } catch {
    return undefined;
  }
}
