/**
 * Judges every module that a plugin imports at the moment at which it does, wherever it lies: what its package.json does not name, and
 * which of the files of other packages it takes, is only known then.
 */
import nodeModule from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { InstanceConfig } from "../config/config.js";
import { notTrusted } from "./package-faults.js";

/** Whose imports they are, and who judges them. */
type Owner = Pick<InstanceConfig, "package" | "imports">;

/**
 * By a module's URL, the instance or command that brought it in. It is the process's, as Node's own list of modules is: what is loaded
 * stays loaded, and what it imports at once is not imported again.
 */
const followed = new Map<string, Owner>();
let hooks: nodeModule.ModuleHooks | undefined;
let following = 0;

/**
 * Follows the imports of a module. One that others could write does not run: to import it fails with `PLUGIN_UNTRUSTED`. The program's
 * own modules are left alone, but they pass a hook for as long as this lasts.
 *
 * @param module absolute path of the module that is about to be imported, links resolved
 * @returns ends it
 */
export function followImports(module: string, owner: Owner): () => void {
  if (process.getuid === undefined) return () => undefined;
  followed.set(pathToFileURL(module).href, owner);
  following++;
  hooks ??= nodeModule.registerHooks({ resolve });
  return () => {
    following--;
    if (following > 0) return;
    hooks?.deregister();
    hooks = undefined;
  };
}

const resolve: nodeModule.ResolveHookSync = (specifier, context, next) => {
  const resolved = next(specifier, context);
  const owner = context.parentURL === undefined ? undefined : followed.get(context.parentURL);
  if (owner === undefined || followed.has(resolved.url) || !resolved.url.startsWith("file:")) return resolved;
  const reason = owner.imports.moduleProblem(fileURLToPath(resolved.url));
  if (reason !== undefined) throw notTrusted(owner.package, reason);
  followed.set(resolved.url, owner);
  return resolved;
};
