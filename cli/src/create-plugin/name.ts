/** What a new plugin and its package are called. */
import { ownPackage, ownPlugins } from "@mlflow-auth/core/internal/config";
import { optionsTypeName } from "../plugin-package/option-types.js";

/** One name in the forms in which a package needs it. */
export interface PluginName {
  /** As `npm install` takes it: `mlflow-auth-plugin-acme`. */
  readonly package: string;
  /** Its entry points, and its key in mlflow-auth.yaml: `acme`. */
  readonly plugin: string;
  /** What the names of its types begin with: `Acme`. */
  readonly type: string;
  /** What its environment variables begin with: `ACME`. */
  readonly variable: string;
  /** Where the package is made, below the working directory. */
  readonly folder: string;
}

const PREFIX = "mlflow-auth-plugin-";
/** npm's own limit. */
const LONGEST_PACKAGE = 214;
/** Of a plugin: it stands in front of options, types and variables. */
const LONGEST_PLUGIN = 40;

/**
 * Reads `acme`, `mlflow-auth-plugin-acme`, `@team/mlflow-auth-plugin-acme`, `@acme/mlflow-auth-plugin` or any other name in a scope.
 *
 * @returns the name; or why it can't be one, as a sentence about "the name"
 */
export function readName(text: string): PluginName | string {
  if (/^[./~\\]|^[A-Za-z]:|\\|\/$|\/.*\//.test(text) || (text.includes("/") && !text.startsWith("@"))) {
    return "the name is no path: change to the folder in which the package's own shall be made, and name the plugin alone";
  }
  const [, scope, rest] = /^(?:@([^/]*)\/)?(.*)$/s.exec(text) as unknown as [string, string | undefined, string];
  if (scope !== undefined && !/^[a-z\d~-][a-z\d._~-]*$/.test(scope)) {
    return "the name has a scope that npm does not take: lower-case letters, digits, dots, hyphens and underscores";
  }
  const plugin = pluginOf(scope, rest);
  if (!/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(plugin) || plugin.length > LONGEST_PLUGIN) {
    return `the name must be of lower-case letters, digits and single hyphens, begin with a letter and have at most ${LONGEST_PLUGIN}: acme, or my-store`;
  }
  const fault = taken(plugin, scope);
  if (fault !== undefined) return fault;
  const name = scope === undefined ? PREFIX + plugin : `@${scope}/${rest}`;
  if (name.length > LONGEST_PACKAGE) return `the name is longer than npm's ${LONGEST_PACKAGE} characters`;
  return {
    package: name,
    plugin,
    type: optionsTypeName(plugin).slice(0, -"Options".length),
    variable: plugin.toUpperCase().replaceAll("-", "_"),
    folder: PREFIX + plugin,
  };
}

function pluginOf(scope: string | undefined, rest: string): string {
  if (scope !== undefined && /^(mlflow-auth-)?plugin$/.test(rest)) return scope;
  return rest.replace(scope === undefined ? /^mlflow-auth-plugin-/ : /^(mlflow-auth-)?plugin-/, "");
}

/** Two plugins of one name can't be told apart in the file; and whose variables begin with MLFLOW would look like MLflow's. */
function taken(plugin: string, scope: string | undefined): string | undefined {
  if (/^mlflow(-auth)?(-plugin)?$/.test(plugin))
    return "the name says whose plugin it is, not of what: acme, or my-store";
  if (!ownPlugins.includes(plugin) || scope === "mlflow-auth") return undefined;
  return `the name is that of the plugin in ${ownPackage(plugin)}, and a file could not tell them apart`;
}
