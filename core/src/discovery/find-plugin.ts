/** Which installed package an instance of the file means. */
import { didYouMean } from "../config/suggest.js";
import type { Owners } from "../config/trust.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { groups } from "../provider/provider.js";
import { checkManifest, faulty, type InstalledPlugin, notTrusted } from "./check-manifest.js";
import type { InstallCommand } from "./install-command.js";
import type { Manifest, Manifests } from "./manifests.js";

/** The plugins of this project, each in the package `@mlflow-auth/plugin-<name>`. */
const ownPlugins = ["datadog", "vault", "aws", "azure", "descope", "hokusai"];

export interface WantedPlugin {
  /** Its entry-point name. */
  readonly plugin: string;
  /** The instance's `package:`. */
  readonly package?: string | undefined;
}

export interface Installed {
  readonly manifests: Manifests;
  /** The users whose packages are used beside one's own and root's. */
  readonly owners: Owners;
  readonly install: InstallCommand;
}

/** @throws MlflowAuthError `PLUGIN_NOT_INSTALLED`, `PLUGIN_UNTRUSTED`, `PLUGIN_AMBIGUOUS`, `PLUGIN_MANIFEST` */
export function findPlugin(wanted: WantedPlugin, { manifests, owners, install }: Installed): InstalledPlugin {
  const { plugin, package: only } = wanted;
  const isMeant = (manifest: Manifest) => (only === undefined ? offers(manifest, plugin) : manifest.name === only);
  const named = manifests.usable.filter(isMeant);
  const [manifest, second] = named;
  if (manifest === undefined) {
    const refused = manifests.refused.find(isMeant);
    throw refused ? notTrusted(refused, refused.reason) : notInstalled(wanted, manifests.usable, install);
  }
  if (second !== undefined) {
    const packages = named.map(({ name, folder }) => `${name} (${folder})`).join(" and ");
    const message = `${packages} provide the plugin \`${plugin}\`: say which with \`package: ${manifest.name}\``;
    throw new MlflowAuthError("PLUGIN_AMBIGUOUS", message);
  }
  if (!offers(manifest, plugin)) {
    throw faulty(manifest, `has no entry point \`${plugin}\`${didYouMean(plugin, namesOf(manifest))}`);
  }
  return checkManifest(manifest, plugin, owners);
}

function notInstalled(
  { plugin, package: named }: WantedPlugin,
  manifests: readonly Manifest[],
  install: InstallCommand,
): MlflowAuthError {
  const fault = (message: string) => new MlflowAuthError("PLUGIN_NOT_INSTALLED", message);
  if (named !== undefined) return fault(`the package that \`package\` names is not installed: ${install(named)}`);
  if (ownPlugins.includes(plugin)) {
    return fault(`the plugin \`${plugin}\` is not installed: ${install(`@mlflow-auth/plugin-${plugin}`)}`);
  }
  const known = new Set([...manifests.flatMap(namesOf), ...ownPlugins]);
  const hint = didYouMean(plugin, known);
  const what = "no installed package provides a plugin of this name";
  return fault(
    hint ? `${what}${hint}` : `${what}: install the one that does, or say with \`plugin\` which one is meant`,
  );
}

function offers(manifest: Manifest, plugin: string): boolean {
  return groups.some((group) => Object.hasOwn(manifest.entryPoints[group] ?? {}, plugin));
}

export function namesOf(manifest: Manifest): string[] {
  return [...new Set(groups.flatMap((group) => Object.keys(manifest.entryPoints[group] ?? {})))];
}
