/** The commands of the installed plugin packages: which there are, and which of them a word means. */
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { checkCommand, type InstalledCommand } from "./check-manifest.js";
import type { Installed } from "./find-plugin.js";
import { type Manifest, offersCommand, undeclaredManifests } from "./manifests.js";
import { notTrusted } from "./package-faults.js";

/** The names of the commands of these packages, each once. Which of them can be run is not known by that. */
export function commandNames(manifests: readonly Manifest[]): string[] {
  return [...new Set(manifests.flatMap(({ commands }) => Object.keys(commands)))];
}

/**
 * The one command of this name, checked.
 *
 * @param only the package that it must be of, where the file says which one it means
 * @returns undefined if nothing that is installed has it
 * @throws MlflowAuthError `PLUGIN_NOT_INSTALLED` if only a package has it that is not named as a dependency, `PLUGIN_UNTRUSTED`,
 *   `PLUGIN_AMBIGUOUS`, `PLUGIN_MANIFEST`
 */
export function findCommand(name: string, installed: Installed, only?: string): InstalledCommand | undefined {
  const { manifests, roots } = installed;
  const having = manifests.usable.filter((manifest) => offersCommand(manifest, name));
  const meant = having.filter((manifest) => manifest.name === only);
  const [manifest, second] = meant.length > 0 ? meant : having;
  if (manifest === undefined) return missing(name, installed);
  if (second !== undefined) throw ambiguous(name, having);
  return checkCommand(manifest, name, roots.trust);
}

function ambiguous(name: string, having: readonly Manifest[]): MlflowAuthError {
  const packages = having.map((manifest) => `${manifest.name} (${manifest.folder})`).join(" and ");
  const message = `${packages} have a command \`${name}\`: uninstall all but one of them, or have \`plugins.${name}\` of the file say which with \`package: ${having[0]?.name}\``;
  return new MlflowAuthError("PLUGIN_AMBIGUOUS", message);
}

/** @throws MlflowAuthError where a package that is not used has it */
function missing(name: string, { manifests, roots, install }: Installed): undefined {
  const refused = manifests.refused.find((manifest) => offersCommand(manifest, name));
  if (refused !== undefined) throw notTrusted(refused, refused.reason);
  for (const root of roots.folders) {
    const lying = undeclaredManifests(root).find((manifest) => offersCommand(manifest, name));
    if (lying === undefined) continue;
    const message = `the package ${lying.name} (${lying.folder}) has the command \`${name}\`, but ${root.folder} does not name it as a dependency`;
    throw new MlflowAuthError("PLUGIN_NOT_INSTALLED", message, { remedy: install(lying.name) });
  }
  return undefined;
}
