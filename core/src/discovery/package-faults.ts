/** What is wrong with a plugin package, as errors that name it. */
import { isPrintable } from "../config/problems.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { Manifest, MisnamedGroup } from "./manifests.js";

/**
 * The error `PLUGIN_MANIFEST` of a package.
 *
 * @param what the middle of a sentence, as in "names no file as its configSchema"
 * @param first what to try before another version
 */
export function faulty({ name, folder }: { name: string; folder: string }, what: string, first = ""): MlflowAuthError {
  const message = `the package ${name} (${folder}) ${what}: ${first}install another version of it, or tell its author`;
  const error = new MlflowAuthError("PLUGIN_MANIFEST", message);
  whats.set(error, what);
  return error;
}

const whats = new WeakMap<MlflowAuthError, string>();

/** What is wrong by such an error, without the package and without what its user would do: for the author, who knows the one and can do more. */
export function whatIsWrong(error: MlflowAuthError): string | undefined {
  return whats.get(error);
}

/** The error `PLUGIN_UNTRUSTED` of a package. @param reason what is wrong, with the path that it is about: see `PackageTrust` */
export function notTrusted({ name, folder }: { name: string; folder: string }, reason: string): MlflowAuthError {
  const remedy =
    "install it again as yourself where nobody else may write, or take over what is named (chown) and let nobody else write it (chmod go-w); `--config FILE`, or MLFLOW_AUTH_CONFIG, trusts the owner of FILE";
  return new MlflowAuthError("PLUGIN_UNTRUSTED", `the package ${name} (${folder}) is not used: ${reason}: ${remedy}`);
}

/** @throws MlflowAuthError `PLUGIN_MANIFEST` for a plugin with an entry point in a group whose name has a slip */
export function refuseMisnamed(manifest: Manifest, plugin: string): void {
  const slip = manifest.misnamed.find(({ names }) => names.includes(plugin));
  if (slip !== undefined) throw misnamed(manifest, slip);
}

/** The error `PLUGIN_MANIFEST` of a package with a slip in the name of a group. */
export function misnamed(owner: { name: string; folder: string }, { given, meant }: MisnamedGroup): MlflowAuthError {
  const shown = isPrintable(given) ? `\`${given}\`` : "a group";
  return faulty(owner, `has entry points of ${shown}, which nobody reads; did you mean \`${meant}\`?`);
}

/** What overflows the stack, or takes more steps than a schema has, is the schema: the file is kept from being nested so deeply. */
export function endless<T>(owner: { name: string; folder: string }, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    throw thrown instanceof RangeError ? faulty(owner, "has a configSchema that refers to itself without end") : thrown;
  }
}

/** The error `PLUGIN_MANIFEST` of a package whose schema can't be used. @param reason as `schemaFault` gives it */
export function noSchema(owner: { name: string; folder: string }, reason: string | undefined): MlflowAuthError {
  return faulty(owner, `has a configSchema that is not a JSON Schema (draft-07)${reason ? ` (${reason})` : ""}`);
}
