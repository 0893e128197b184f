/** A package that is judged: what all checks of it look at. */

import { join } from "node:path";
import { checkEntry } from "../discovery/check-manifest.js";
import { type Manifest, readManifest } from "../discovery/manifests.js";
import { MAX_PACKAGE_BYTES, parseObject } from "../discovery/read-package.js";
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import { readSmallTextSync } from "../files/small-file.js";
import { coreVersion } from "../generated/core-version.js";
import { commandGroup, groups } from "../provider/provider.js";
import { type Imported, importAlone } from "./import-alone.js";

/** The package, read; nothing of it has been imported until that is asked for. */
export interface CheckedPackage {
  /** Absolute. */
  readonly folder: string;
  /** Of its package.json; undefined where there is none that can be read. */
  readonly text: string | undefined;
  /** The same as an object; empty where it is none. */
  readonly json: Readonly<Record<string, unknown>>;
  /** As core sees it; undefined for a package that gives no plugin and no command. */
  readonly manifest: Manifest | undefined;
  /** The version of the core that judges. */
  readonly core: string;
  /** What comes of importing it, in a process of its own: asked once, however many ask. */
  imported(): Promise<Imported>;
}

/** What it is judged by. Both for tests. */
export interface CheckOptions {
  /** Default: the version of this one. */
  readonly core?: string | undefined;
  /** Milliseconds that an import may take. Default 20,000. */
  readonly longest?: number | undefined;
}

/** Reads a package that may be broken in any way; never throws. @param folder absolute */
export function checkedPackage(folder: string, { core = coreVersion, longest }: CheckOptions = {}): CheckedPackage {
  const read = readSmallTextSync(join(folder, "package.json"), MAX_PACKAGE_BYTES);
  const text = "text" in read ? read.text : undefined;
  const manifest = readManifest(folder);
  let imported: Promise<Imported> | undefined;
  return {
    folder,
    text,
    json: parseObject(text ?? ""),
    manifest,
    core,
    imported() {
      const entries = entriesOf(manifest);
      if (entries.length === 0) return Promise.resolve(NOTHING);
      imported ??= importAlone(entries, { own: manifest?.name ?? "", longest });
      return imported;
    },
  };
}

const NOTHING: Imported = { faults: [], effects: [], packages: [], modules: [], starts: 0 };

/** An entry point as package.json has it. */
export interface DeclaredEntry {
  readonly group: string;
  readonly name: string;
  readonly declared: unknown;
}

/** Those of the groups that core knows. */
export function declaredEntries({ entryPoints, commands }: Manifest): DeclaredEntry[] {
  const provided = groups.flatMap((group) => pairs(group, entryPoints[group] ?? {}));
  return [...provided, ...pairs(commandGroup, commands)];
}

function pairs(group: string, names: Readonly<Record<string, unknown>>): DeclaredEntry[] {
  return Object.entries(names).map(([name, declared]) => ({ group, name, declared }));
}

/** Those that can be imported: what is wrong with the others is found without that. */
function entriesOf(manifest: Manifest | undefined): { readonly module: string; readonly export: string }[] {
  if (manifest === undefined) return [];
  return declaredEntries(manifest).flatMap(({ group, name, declared }) => {
    try {
      return checkEntry(declared, group, name, manifest);
    } catch (thrown) {
      if (!isMlflowAuthError(thrown)) throw thrown;
      return [];
    }
  });
}
