/** Where a new plugin takes the packages of mlflow-auth from: the registry, or a clone that has them before any registry. */
import { cloneOf, packFrom } from "./clone.js";

/** What its package.json says of them, and the files that it needs for that. */
export interface OwnPackages {
  /** What the plugin works with: `^0.1.0`. */
  readonly range: string;
  /** What to install while it is worked on, by name. */
  readonly specs: Readonly<Record<string, string>>;
  /** Below the new folder, by path. None where a registry has the packages. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The clone; undefined for a registry. */
  readonly clone: string | undefined;
}

/** Where the tarballs of a clone are kept. */
const FOLDER = "vendor";

/**
 * @param names of packages
 * @param own the folder of the command's package, and its version, which is that of all of them
 * @throws MlflowAuthError `USAGE` where a clone can't be packed
 */
export function takeOwnPackages(
  names: readonly string[],
  { folder, version }: { readonly folder: string; readonly version: string },
): OwnPackages {
  const range = `^${version}`;
  const clone = cloneOf(folder);
  if (clone === undefined) {
    const specs = Object.fromEntries(names.map((name) => [name, range]));
    return { range, specs, files: new Map(), clone };
  }
  const tarballs = packFrom(clone, names);
  return {
    range,
    specs: Object.fromEntries(tarballs.map(({ package: name, file }) => [name, `file:./${FOLDER}/${file}`])),
    files: new Map(tarballs.map(({ file, bytes }) => [`${FOLDER}/${file}`, bytes])),
    clone,
  };
}
