/** The commands that installed plugins add: where they are looked for, and what is wrong with them. Imports none. */
import {
  type Config,
  commandNames,
  findCommand,
  type Installed,
  type Problem,
  printable,
  readInstalled,
} from "@mlflow-auth/core/internal/config";
import { fileName } from "../where-from.js";
import { type FileInstances, fileInstances, findOptionsOf, rootOptionsOf } from "./file-instances.js";
import { type Fault, faultOf } from "./list-plugins.js";

/** Where commands may come from. */
export interface CommandSources {
  readonly file: FileInstances;
  readonly installed: Installed;
}

/** What is installed for the file that is in use; for this folder where none can be found, of which the command will hear when it opens it. */
export async function commandSources(configFile: string | undefined): Promise<CommandSources> {
  const where = findOptionsOf(configFile);
  const file = await fileInstances(where).catch(() => ({}));
  return { file, installed: readInstalled(rootOptionsOf(file, where)) };
}

/** The package whose command of this name the file means, where it says so. */
export function meantPackage(name: string, { instances = [] }: FileInstances): string | undefined {
  return instances.find((instance) => instance.enabled && instance.plugin === name && instance.package)?.package;
}

/**
 * Why a command can't be run as `mlflow-auth NAME`, if it can't.
 *
 * @param own the names of the program's own commands
 */
export function commandFault(
  name: string,
  { file, installed }: CommandSources,
  own: readonly string[],
): Fault | undefined {
  if (own.includes(name)) {
    const message = `\`mlflow-auth ${name}\` is a command of mlflow-auth itself, which comes first: tell the package's author`;
    return { code: "PLUGIN_AMBIGUOUS", message };
  }
  return faultOf(() => findCommand(name, installed, meantPackage(name, file)));
}

/**
 * What is wrong with the commands of the packages that a file uses.
 *
 * @param folders of the packages
 * @returns warnings: they keep nothing else of a plugin from being used
 */
export async function commandWarnings(
  { file }: Config,
  folders: readonly string[],
  own: readonly string[],
): Promise<Problem[]> {
  const sources = await commandSources(file);
  const used = sources.installed.manifests.usable.filter(({ folder }) => folders.includes(folder));
  return commandNames(used).flatMap((name) => {
    const fault = commandFault(name, sources, own);
    if (fault === undefined) return [];
    return [
      { code: fault.code, file: file && fileName(file), message: `the command ${printable(name)}: ${fault.message}` },
    ];
  });
}
