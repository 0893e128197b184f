import { pathToFileURL } from "node:url";
import type { EntryPoint } from "../config/config.js";
import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { thrownKind } from "../errors/printable.js";
import type { TellThrown } from "../logging/tell-thrown.js";
import type { Factory } from "../provider/context.js";
import type { Group } from "../provider/provider.js";

/** The factory of a provider. @throws as {@link loadFunction} */
export async function loadFactory<G extends Group>(
  entry: EntryPoint & { readonly group: G },
  tellThrown?: TellThrown,
): Promise<Factory<G>>;
export async function loadFactory(entry: EntryPoint, tellThrown?: TellThrown): Promise<Factory<Group>>;
export async function loadFactory(entry: EntryPoint, tellThrown?: TellThrown): Promise<Factory<Group>> {
  return (await loadFunction(entry, tellThrown)) as Factory<Group>;
}

/**
 * Imports an entry point's module: the first moment at which code of a plugin runs.
 *
 * @throws MlflowAuthError `PLUGIN_LOAD` if the module can't be imported or does not export the function; `PLUGIN_UNTRUSTED` if others may
 *   write what it imports and that is followed
 */
export async function loadFunction(
  entry: EntryPoint<string>,
  tellThrown?: TellThrown,
): Promise<(...given: never[]) => unknown> {
  const { name, module, export: exported, package: owner } = entry;
  let loaded: Record<string, unknown>;
  try {
    loaded = (await import(pathToFileURL(module).href)) as Record<string, unknown>;
  } catch (thrown) {
    if (isMlflowAuthError(thrown) && thrown.code === "PLUGIN_UNTRUSTED") throw thrown;
    const reason = thrownKind(thrown);
    tellThrown?.(thrown, `the module of the plugin ${name}`);
    throw new MlflowAuthError(
      "PLUGIN_LOAD",
      `${module} of ${owner.name}, the plugin ${name}, can't be imported (${reason})`,
      {
        remedy: reason.includes("ERR_MODULE_NOT_FOUND")
          ? `install ${owner.name} again, and @mlflow-auth/core beside it: a file of it or a dependency is missing`
          : `try \`node ${module}\` to see why, or install another version of ${owner.name}`,
      },
    );
  }
  const named = loaded[exported];
  if (typeof named !== "function") {
    throw new MlflowAuthError(
      "PLUGIN_LOAD",
      `${module} of ${owner.name} has no function \`${exported}\`, which its package.json names`,
      {
        remedy: `install another version of ${owner.name}`,
      },
    );
  }
  return named as (...given: never[]) => unknown;
}
