/** The plugins that are known without being installed, and those among all that a name was probably meant to be. */
import { closestMatch } from "leven";
import { similarNames } from "../config/expectation.js";
import { type InstallCommand, ownPackage, ownPlugins } from "./install-command.js";

/** Those of others that docs/plugins.md lists: the package by the plugin's name. */
export const pluginsOfOthers: Readonly<Record<string, string>> = {};

/** Lists the plugins that are published, listed or not. */
export const SEARCH = "npm search keywords:mlflow-auth-plugin";

/** The package of a plugin that docs/plugins.md lists. */
export function listedPackage(plugin: string): string | undefined {
  if (ownPlugins.includes(plugin)) return ownPackage(plugin);
  return Object.hasOwn(pluginsOfOthers, plugin) ? pluginsOfOthers[plugin] : undefined;
}

/** Letters. The names of packages are long, and mostly alike. */
const SLIPS = 2;

/**
 * The package that a name was probably meant to be, where nothing of that name is installed. What is mistyped is not to be installed: it
 * may be there, and somebody else's.
 *
 * @param installed the names of the installed packages
 */
export function meantPackage(named: string, installed: readonly string[]): string | undefined {
  const listed = [...ownPlugins.map(ownPackage), ...Object.values(pluginsOfOthers)];
  const meant = closestMatch(named, [...installed, ...listed], { maxDistance: SLIPS });
  return meant === named ? undefined : meant;
}

/**
 * What to say of a name that neither an installed package nor docs/plugins.md has, to follow "no installed package provides a plugin of this
 * name": the names that it is close to, or that are a word of it as in `vault-prod`, with the command that installs them where they are not;
 * else how to look for it.
 *
 * @param installed the names of all installed plugins
 */
export function meantInstead(plugin: string, installed: readonly string[], install: InstallCommand): string {
  const known = [...new Set([...installed, ...ownPlugins, ...Object.keys(pluginsOfOthers)])];
  const shown = (name: string) => {
    const from = installed.includes(name) ? undefined : listedPackage(name);
    return `\`${name}\`${from === undefined ? "" : ` (not installed: ${install(from)})`}`;
  };
  const near = similarNames(plugin, known);
  if (near.length > 0) return `; did you mean ${near.map(shown).join(" or ")}?`;
  const words = plugin.toLowerCase().split(/[^a-z\d]+/);
  const named = known.filter((name) => words.includes(name)).slice(0, 1);
  if (named.length > 0) return `; if it is to be an instance of ${named.map(shown)}, say \`plugin: ${named}\``;
  return `: install the one that does (\`${SEARCH}\` lists what is published), or say with \`plugin\` which one is meant`;
}
