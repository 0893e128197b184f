/**
 * The contract that a plugin's package keeps, apart from what its providers do, as cases for any test runner:
 *
 *     for (const { name, run } of packageContract(new URL("..", import.meta.url))) test(name, run);
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { schemaFault } from "../config/check-options.js";
import { checkCommand, checkManifest } from "../discovery/check-manifest.js";
import { type Manifest, namesOf, readManifest } from "../discovery/manifests.js";
import { PackageTrust } from "../discovery/package-trust.js";
import type { ContractCase } from "./contract-case.js";
import { type Imported, importAlone } from "./import-alone.js";

/** What is particular to a package. */
export interface PackageContractOptions {
  /** Packages that may be loaded with its modules, for they are small. Default: none but core. */
  readonly loads?: readonly string[];
}

/**
 * @param folder of the package, built: what its entry points name is imported, in a process of its own
 */
export function packageContract(folder: string | URL, { loads = [] }: PackageContractOptions = {}): ContractCase[] {
  const path = typeof folder === "string" ? folder : fileURLToPath(folder);
  const make = (name: string, body: () => void | Promise<void>): ContractCase => ({
    name: `contract: ${name}`,
    run: async () => await body(),
  });
  let imported: Promise<Imported> | undefined;
  const importOnce = () => (imported ??= importPackage(manifestIn(path)));
  return [
    make("its package.json declares what core takes", () => void entriesOf(manifestIn(path))),
    make("its configSchema is a JSON Schema that ajv can use", async () => {
      const manifest = manifestIn(path);
      for (const name of namesOf(manifest)) {
        const reason = await schemaFault(checkManifest(manifest, name, ownTrust()).schema);
        assert.equal(reason, undefined, `the configSchema of ${name} is none: ${reason}`);
      }
    }),
    make("its entry points name functions that are there", async () => {
      const { faults } = await importOnce();
      assert.equal(faults.length, 0, faults.join("; "));
    }),
    make("importing it does nothing by itself", async () => {
      const { effects } = await importOnce();
      const hint = "leave that to the first call that needs it";
      assert.equal(effects.length, 0, `as it is imported, it ${effects.join("; it ")}: ${hint}`);
    }),
    make("importing it loads no other package", async () => {
      const { packages } = await importOnce();
      const others = packages.filter((name) => name !== "@mlflow-auth/core" && !loads.includes(name));
      const hint =
        "import it in the function that needs it, so that nobody else waits for it, or say that it is small (`loads`)";
      assert.equal(others.length, 0, `as it is imported, it loads ${others.join(", ")}: ${hint}`);
    }),
  ];
}

function manifestIn(folder: string): Manifest {
  const manifest = readManifest(folder);
  assert.ok(manifest !== undefined, `${folder} has no package.json with entry points for mlflow-auth`);
  return manifest;
}

function importPackage(manifest: Manifest): Promise<Imported> {
  return importAlone(manifest.name, entriesOf(manifest));
}

/** Whose files they are is nobody's concern while they are worked on. */
const ownTrust = () => new PackageTrust(new Set([process.getuid?.() ?? 0]));

/** @throws MlflowAuthError in core's own words */
function entriesOf(manifest: Manifest): { readonly module: string; readonly export: string }[] {
  const trust = ownTrust();
  const plugins = namesOf(manifest).flatMap((name) => Object.values(checkManifest(manifest, name, trust).entries));
  const commands = Object.keys(manifest.commands).map((name) => checkCommand(manifest, name, trust).entry);
  const entries = [...plugins, ...commands];
  assert.ok(entries.length > 0, "its package.json has no entry point of a group that core knows");
  return entries;
}
