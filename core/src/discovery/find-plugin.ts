/** What is installed where a file may take plugins from, and which of it an instance of the file means. */
import { didYouMean } from "../config/expectation.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { checkManifest, type InstalledPlugin } from "./check-manifest.js";
import { type InstallCommand, installCommand } from "./install-command.js";
import { listedPackage, meantInstead, meantPackage } from "./known-plugins.js";
import {
  type Manifest,
  type Manifests,
  namesOf,
  offers,
  offersCommand,
  readManifests,
  undeclaredManifests,
} from "./manifests.js";
import { faulty, notTrusted, refuseMisnamed } from "./package-faults.js";
import { findRoots, type RootOptions, type Roots } from "./roots.js";

/** The plugin packages that a file may use. */
export interface Installed {
  readonly roots: Roots;
  readonly manifests: Manifests;
  /** Gives the command that installs another one there. */
  readonly install: InstallCommand;
}

/** Reads the package.json files of everything that is installed there. Imports nothing. */
export function readInstalled(options: RootOptions): Installed {
  const roots = findRoots(options);
  return { roots, manifests: readManifests(roots), install: installCommand(roots) };
}

/** What an instance of the file says about its plugin. */
export interface WantedPlugin {
  /** Its entry-point name. */
  readonly plugin: string;
  /** The instance's `package:`. */
  readonly package?: string | undefined;
}

/**
 * The one package that an instance means, checked.
 *
 * @throws MlflowAuthError `PLUGIN_NOT_INSTALLED`, `PLUGIN_UNTRUSTED`, `PLUGIN_AMBIGUOUS`, `PLUGIN_MANIFEST`; `PLUGIN_INTERFACE` for
 *   what is a command and nothing else
 */
export function findPlugin(wanted: WantedPlugin, installed: Installed): InstalledPlugin {
  const { plugin } = wanted;
  const { manifests, roots } = installed;
  const isMeant = meantBy(wanted);
  const named = manifests.usable.filter(isMeant);
  const [manifest, second] = named;
  if (manifest === undefined) {
    const refused = manifests.refused.find(isMeant);
    if (refused !== undefined) throw notTrusted(refused, refused.reason);
    if (wanted.package !== undefined) throw notInstalled(wanted, installed);
    for (const candidate of manifests.usable) refuseMisnamed(candidate, plugin);
    const other = manifests.usable.find((candidate) => offersCommand(candidate, plugin));
    throw other === undefined ? notInstalled(wanted, installed) : onlyCommand(other, plugin);
  }
  if (second !== undefined) {
    const packages = named.map(({ name, folder }) => `${name} (${folder})`).join(" and ");
    const message = `${packages} provide the plugin \`${plugin}\`: say which with \`package: ${manifest.name}\``;
    throw new MlflowAuthError("PLUGIN_AMBIGUOUS", message);
  }
  if (!offers(manifest, plugin)) {
    refuseMisnamed(manifest, plugin);
    if (offersCommand(manifest, plugin)) throw onlyCommand(manifest, plugin);
    throw faulty(manifest, "entry-point", `has no entry point \`${plugin}\`${didYouMean(plugin, namesOf(manifest))}`);
  }
  return checkManifest(manifest, plugin, roots.trust);
}

function onlyCommand({ name, folder }: Manifest, plugin: string): MlflowAuthError {
  const what = `the package ${name} (${folder}) gives a command of this name, and nothing that a file enables`;
  const message = `${what}: take it out of \`plugins\`, and run \`mlflow-auth ${plugin}\` as it is`;
  return new MlflowAuthError("PLUGIN_INTERFACE", message);
}

/** Tells the packages that an instance may mean: the one that it names, or those that provide a plugin of its name. */
export function meantBy({ plugin, package: only }: WantedPlugin): (manifest: Manifest) => boolean {
  return (manifest) => (only === undefined ? offers(manifest, plugin) : manifest.name === only);
}

function notInstalled(wanted: WantedPlugin, { manifests, roots, install }: Installed): MlflowAuthError {
  const { plugin, package: named } = wanted;
  const ending = roots.passedOver === undefined ? "" : `; ${roots.passedOver}, so that nothing is taken from there`;
  const fault = (message: string) => new MlflowAuthError("PLUGIN_NOT_INSTALLED", `${message}${ending}`);
  for (const root of roots.folders) {
    const lying = undeclaredManifests(root).find(meantBy(wanted));
    if (lying === undefined) continue;
    const { name, folder } = lying;
    return fault(
      `the package ${name} (${folder}) is there, but ${root.folder} does not name it as a dependency: ${install(name)}`,
    );
  }
  if (named !== undefined) {
    const packages = manifests.usable.map(({ name }) => name);
    const meant = meantPackage(named, packages);
    const what = `the package \`${named}\` is not installed`;
    if (meant === undefined) return fault(`${what}: ${install(named)}`);
    return fault(`${what}; did you mean \`${meant}\`${packages.includes(meant) ? "" : ` (${install(meant)})`}?`);
  }
  const listed = listedPackage(plugin);
  if (listed !== undefined) return fault(`the plugin \`${plugin}\` is not installed: ${install(listed)}`);
  const meant = meantInstead(plugin, manifests.usable.flatMap(namesOf), install);
  return fault(`no installed package provides a plugin of this name${meant}`);
}
