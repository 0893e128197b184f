/** What is wrong with a plugin package, as errors that name it. */
import type { RepairCommands } from "../config/config.js";
import { isPrintable } from "../config/problems.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { Manifest, MisnamedGroup } from "./manifests.js";

/** A package, as far as its faults name it, and how it is put right where that is known. */
type Owner = Readonly<Record<"name" | "folder", string>> & { readonly repair?: RepairCommands | undefined };

/** What of a package is at fault: it decides what its author is told to do. */
export type FaultyPart = "interface" | "entry-point" | "schema" | "own-option" | "hidden-value" | "environment";

/** What is wrong by an error of a package, without what its user would do: for the author, who knows the package and can do more. */
export interface PackageFault {
  readonly part: FaultyPart;
  /** Follows "the package". */
  readonly what: string;
}

/**
 * The error `PLUGIN_MANIFEST` of a package.
 *
 * @param what the middle of a sentence, as in "names no file as its configSchema"
 * @param first what to try before another version
 */
export function faulty({ name, folder, repair }: Owner, part: FaultyPart, what: string, first = ""): MlflowAuthError {
  const by = repair === undefined ? "" : ` (\`${repair.update()}\`)`;
  const message = `the package ${name} (${folder}) ${what}: ${first}install another version of it${by}, or tell its author`;
  return withFault(new MlflowAuthError("PLUGIN_MANIFEST", message), { part, what });
}

const faults = new WeakMap<MlflowAuthError, PackageFault>();

/** The same error, of which {@link packageFaultOf} knows. */
export function withFault(error: MlflowAuthError, fault: PackageFault): MlflowAuthError {
  faults.set(error, fault);
  return error;
}

/** Undefined for an error that is not about what a package declares. */
export function packageFaultOf(error: MlflowAuthError): PackageFault | undefined {
  return faults.get(error);
}

/** The error `PLUGIN_UNTRUSTED` of a package. @param reason what is wrong, with the path that it is about: see `PackageTrust` */
export function notTrusted({ name, folder, repair }: Owner, reason: string): MlflowAuthError {
  const command = repair?.again();
  const by = command === undefined ? "" : ` (\`${command}\`)`;
  const remedy = `install it again as yourself where nobody else may write${by}, or take over what is named (chown) and let nobody else write it (chmod go-w); \`--config FILE\`, or MLFLOW_AUTH_CONFIG, trusts the owner of FILE`;
  return new MlflowAuthError("PLUGIN_UNTRUSTED", `the package ${name} (${folder}) is not used: ${reason}: ${remedy}`);
}

/** @throws MlflowAuthError `PLUGIN_MANIFEST` for a plugin with an entry point in a group whose name has a slip */
export function refuseMisnamed(manifest: Manifest, plugin: string): void {
  const slip = manifest.misnamed.find(({ names }) => names.includes(plugin));
  if (slip !== undefined) throw misnamed(manifest, slip);
}

/** The error `PLUGIN_MANIFEST` of a package with a slip in the name of a group. */
export function misnamed(owner: Owner, { given, meant }: MisnamedGroup): MlflowAuthError {
  const shown = isPrintable(given) ? `\`${given}\`` : "a group";
  return faulty(owner, "entry-point", `has entry points of ${shown}, which nobody reads; did you mean \`${meant}\`?`);
}

/** What overflows the stack, or takes more steps than a schema has, is the schema: the file is kept from being nested so deeply. */
export function endless<T>(owner: Owner, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw faulty(owner, "schema", "has a configSchema that refers to itself without end");
  }
}

/** The error `PLUGIN_MANIFEST` of a package whose schema can't be used. @param reason as `schemaFault` gives it */
export function noSchema(owner: Owner, reason: string | undefined): MlflowAuthError {
  return faulty(
    owner,
    "schema",
    `has a configSchema that is not a JSON Schema (draft-07)${reason ? ` (${reason})` : ""}`,
  );
}
